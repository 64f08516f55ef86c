"""The networks of compare_training in Keras, on TensorFlow and on JAX.

Which of the two it is, KERAS_BACKEND says.
"""
FIT, BATCHES = "fit, an epoch a call", "train_on_batch"


def ways(_):
    return [("TensorFlow", FIT, "XLA"), ("TensorFlow", FIT, "no XLA"), ("TensorFlow", BATCHES, "XLA"),
            ("TensorFlow", BATCHES, "no XLA"), ("JAX", FIT, "XLA"), ("JAX", BATCHES, "XLA")]


def settings(way):
    return {"KERAS_BACKEND": way[0].lower(), "TF_ENABLE_ONEDNN_OPTS": "1",
            "TF_CPP_MIN_LOG_LEVEL": "3"}


def network_of(keras, network):
    layers = keras.layers
    if network == "mlp":
        return keras.Sequential([layers.Dense(128, activation="relu"),
                                 layers.Dense(128, activation="relu"), layers.Dense(10)]), \
            keras.optimizers.RMSprop()
    return keras.Sequential([layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(),
                             layers.Conv2D(64, 3, activation="relu"), layers.MaxPooling2D(),
                             layers.Conv2D(64, 3, activation="relu"), layers.Flatten(),
                             layers.Dense(64, activation="relu"), layers.Dense(10)]), \
        keras.optimizers.Adam()


def trainer(start, way, threads):
    """A function that trains for so many epochs and gives their mean losses; Keras's version."""
    if way[0] == "TensorFlow":
        import tensorflow
        tensorflow.config.threading.set_intra_op_parallelism_threads(threads)
        tensorflow.config.threading.set_inter_op_parallelism_threads(1)
    import keras
    model, optimizer = network_of(keras, start.network)
    model.build((None, *start.x.shape[1:]))
    model.set_weights(start.weights)
    model.compile(optimizer=optimizer, loss=keras.losses.CategoricalCrossentropy(from_logits=True),
                  jit_compile=way[2] == "XLA",
                  steps_per_execution=start.steps if way[1] == FIT else 1)

    def fit(epochs):
        return model.fit(start.x, start.y, batch_size=start.batch, epochs=epochs, shuffle=False,
                         verbose=0).history["loss"]

    batches = list(zip(start.batches(start.x), start.batches(start.y)))

    def batch_by_batch(epochs):
        losses = []
        for _ in range(epochs):
            each = [model.train_on_batch(x, y) for x, y in batches]
            losses.append(sum(map(float, each)) / start.steps)
        return losses

    return (fit if way[1] == FIT else batch_by_batch), f"Keras {keras.__version__}"
