// What summary() prints.
#include "lanewise/nn/sequential.hpp"
#include "support/catch.hpp"

using namespace lanewise;

TEST_CASE("summary() widens for the names of the course's convolutional network", "[sequential]") {
  Sequential model{Input{{28, 28, 1}},
                   Conv2D{32, {3, 3}, {.activation = relu}},
                   MaxPooling2D{},
                   Conv2D{64, {3, 3}, {.activation = relu}},
                   MaxPooling2D{},
                   Conv2D{64, {3, 3}, {.activation = relu}},
                   Flatten{},
                   Dense{64, {.activation = relu}},
                   Dense{10, {.activation = softmax}}};
  CHECK(model.summary() == R"(Model: "sequential"
____________________________________________________________________
 Layer (type)                   Output Shape              Param #   
====================================================================
 conv2d (Conv2D)                (None, 26, 26, 32)        320       
 max_pooling2d (MaxPooling2D)   (None, 13, 13, 32)        0         
 conv2d_1 (Conv2D)              (None, 11, 11, 64)        18496     
 max_pooling2d_1 (MaxPooling2D) (None, 5, 5, 64)          0         
 conv2d_2 (Conv2D)              (None, 3, 3, 64)          36928     
 flatten (Flatten)              (None, 576)               0         
 dense (Dense)                  (None, 64)                36928     
 dense_1 (Dense)                (None, 10)                650       
====================================================================
Total params: 93,322
Trainable params: 93,322
Non-trainable params: 0
____________________________________________________________________
)");
}

TEST_CASE("summary() is Keras's table", "[sequential]") {
  Sequential model{Input{{28, 28}}, Flatten{}, Dense{128, {.activation = relu}}, Dropout{0.2},
                   Dense{10, {.activation = softmax}}};
  CHECK(model.summary() == R"(Model: "sequential"
_________________________________________________________________
 Layer (type)                Output Shape              Param #   
=================================================================
 flatten (Flatten)           (None, 784)               0         
 dense (Dense)               (None, 128)               100480    
 dropout (Dropout)           (None, 128)               0         
 dense_1 (Dense)             (None, 10)                1290      
=================================================================
Total params: 101,770
Trainable params: 101,770
Non-trainable params: 0
_________________________________________________________________
)");
  CHECK(model.parameters()[2].name == "dense_1/kernel");
}
