"""The networks of compare_training in JAX: a step or a whole epoch in each call of what is jitted."""
import math

PERIODS = ("a step a call", "an epoch a call", "an epoch a call, unrolled")


def ways(network):
    if network == "mlp":
        return [(period,) for period in PERIODS]
    return [(period, layout) for period in PERIODS for layout in ("NHWC", "NCHW")]


def settings(_):
    return {"JAX_PLATFORMS": "cpu"}


def forward_of(jax, start, way):
    """The logits as a function of weights and images."""
    jnp = jax.numpy

    def dense(x, layers):
        for i, (w, b) in enumerate(layers):
            x = x @ w + b
            if i < len(layers) - 1:
                x = jax.nn.relu(x)
        return x

    def pairs(weights):
        return list(zip(weights[::2], weights[1::2]))

    if start.network == "mlp":
        return lambda weights, x: dense(x, pairs(weights))
    layout = way[1]
    filters = "HWIO" if layout == "NHWC" else "OIHW"
    rows, columns, channels = (layout.index(letter) for letter in "HWC")

    def convolution(x, w, b):
        y = jax.lax.conv_general_dilated(x, w, (1, 1), "VALID",
                                         dimension_numbers=(layout, filters, layout))
        return jax.nn.relu(y + jnp.expand_dims(b, tuple(range(1, 4 - channels))))

    def pooling(x):
        """As a maximum over axes, whose gradient is far faster than that of lax.reduce_window."""
        for axis in (rows, columns):
            half = x.shape[axis] // 2
            x = jax.lax.slice_in_dim(x, 0, 2 * half, axis=axis)
            x = x.reshape(*x.shape[:axis], half, 2, *x.shape[axis + 1:]).max(axis + 1)
        return x

    def forward(weights, x):
        first, second, third, *rest = pairs(weights)
        x = convolution(pooling(convolution(pooling(convolution(x, *first)), *second)), *third)
        if layout == "NCHW":
            x = x.transpose(0, 2, 3, 1)
        return dense(x.reshape(len(x), -1), rest)

    return forward


def optimizer_of(jax, network):
    """Its state for some weights, and its step: lanewise's and Keras's RMSprop and Adam."""
    jnp, tree = jax.numpy, jax.tree_util.tree_map
    rate, epsilon = 1e-3, 1e-7

    def zeros(weights):
        return tree(jnp.zeros_like, weights)

    def rmsprop(weights, gradients, state):
        state = tree(lambda v, g: 0.9 * v + 0.1 * g * g, state, gradients)
        return tree(lambda w, g, v: w - rate * g / jnp.sqrt(v + epsilon), weights, gradients,
                    state), state

    def adam(weights, gradients, state):
        count, m, v = state
        count = count + 1
        m = tree(lambda m, g: 0.9 * m + 0.1 * g, m, gradients)
        v = tree(lambda v, g: 0.999 * v + 0.001 * g * g, v, gradients)
        # 1 - 0.999 ** count would lose half of its digits in float32.
        step = rate * jnp.sqrt(-jnp.expm1(count * math.log(0.999))) / (1 - 0.9 ** count)
        return tree(lambda w, m, v: w - step * m / (jnp.sqrt(v) + epsilon), weights, m, v), \
            (count, m, v)

    if network == "mlp":
        return zeros, rmsprop
    return lambda weights: (jnp.float32(0), zeros(weights), zeros(weights)), adam


def trainer(start, way, _):
    """A function that trains for so many epochs and gives their mean losses; JAX's version."""
    import jax
    jnp = jax.numpy
    forward = forward_of(jax, start, way)
    initial, update = optimizer_of(jax, start.network)

    def loss_of(weights, x, y):
        return -jnp.mean(jnp.sum(y * jax.nn.log_softmax(forward(weights, x)), axis=1))

    def step(learned, batch):
        weights, state = learned
        loss, gradients = jax.value_and_grad(loss_of)(weights, *batch)
        return update(weights, gradients, state), loss

    x, weights = start.x, start.weights
    if way[-1] == "NCHW":
        x = x.transpose(0, 3, 1, 2)
        weights = [w.transpose(3, 2, 0, 1) if w.ndim == 4 else w for w in weights]
    weights = [jnp.array(w) for w in weights]
    learned = (weights, initial(weights))
    batches = (jnp.array(start.batches(x)), jnp.array(start.batches(start.y)))
    if way[0] == "a step a call":
        jitted = jax.jit(step, donate_argnums=0)
        each = [(x, y) for x, y in zip(*batches)]

        def epoch(learned):
            losses = []
            for batch in each:
                learned, loss = jitted(learned, batch)
                losses.append(loss)
            return learned, losses
    else:
        unroll = start.steps if "unrolled" in way[0] else 1

        def whole(learned, batches):
            return jax.lax.scan(step, learned, batches, unroll=unroll)

        jitted = jax.jit(whole, donate_argnums=0)

        def epoch(learned):
            return jitted(learned, batches)

    def train(epochs):
        nonlocal learned
        losses = []
        for _ in range(epochs):
            learned, of_steps = epoch(learned)
            losses.append(of_steps)
        jax.block_until_ready(learned)
        return [sum(map(float, of_steps)) / start.steps for of_steps in losses]

    return train, f"JAX {jax.__version__}"
