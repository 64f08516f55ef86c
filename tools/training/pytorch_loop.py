"""The networks of compare_training in PyTorch: eager, traced and compiled, in both layouts of images."""
FORWARDS = ("eager", "traced", "compiled")
LAYOUTS = ("NCHW", "channels_last")


def ways(network):
    """How the loss is computed, how the optimizer is, and the layout of images."""
    if network == "mlp":
        return [(forward, "foreach") for forward in FORWARDS] + [("compiled", "compiled")]
    return [(forward, optimizer, layout) for layout in LAYOUTS
            for forward, optimizer in (("eager", "foreach"), ("eager", "fused"), ("traced", "fused"),
                                       ("compiled", "fused"))]


def settings(_):
    return {}


def adam(torch, parameters, **options):
    """torch.optim's, with the epsilon of Adam's paper: the one that lanewise and Keras add before the
    correction of the bias, so that PyTorch's is larger in the first steps."""
    optimizer = torch.optim.Adam(parameters, lr=1e-3, **options)
    steps = 0

    def correct(*_):
        nonlocal steps
        steps += 1
        optimizer.param_groups[0]["eps"] = 1e-7 / (1 - 0.999 ** steps) ** 0.5

    optimizer.register_step_pre_hook(correct)
    return optimizer


class RMSprop:
    """Keras's, with epsilon within the root, in the same calls as torch.optim's foreach=True."""

    def __init__(self, torch, parameters):
        self.torch, self.parameters = torch, list(parameters)
        self.squares = [torch.zeros_like(parameter) for parameter in self.parameters]

    def zero_grad(self):
        for parameter in self.parameters:
            parameter.grad = None

    def step(self):
        with self.torch.no_grad():
            gradients = [parameter.grad for parameter in self.parameters]
            self.torch._foreach_mul_(self.squares, 0.9)
            self.torch._foreach_addcmul_(self.squares, gradients, gradients, 0.1)
            roots = self.torch._foreach_add(self.squares, 1e-7)
            self.torch._foreach_sqrt_(roots)
            self.torch._foreach_addcdiv_(self.parameters, gradients, roots, -1e-3)


def network_of(torch, network):
    nn = torch.nn
    if network == "mlp":
        return nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 128), nn.ReLU(),
                             nn.Linear(128, 10))
    return nn.Sequential(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3),
                         nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(64, 64, 3), nn.ReLU(),
                         nn.Flatten(), nn.Linear(576, 64), nn.ReLU(), nn.Linear(64, 10))


def as_pytorch_has(weights):
    """(units, inputs) and OIHW; behind the images, inputs come channel by channel."""
    found = []
    for w in weights:
        if w.ndim == 4:
            w, channels = w.transpose(3, 2, 0, 1), w.shape[3]
        elif w.ndim == 2 and found and found[-2].ndim == 4:
            w = w.reshape(-1, channels, w.shape[1]).transpose(2, 1, 0).reshape(w.shape[1], -1)
        elif w.ndim == 2:
            w = w.T
        found.append(w)
    return found


def trainer(start, way, threads):
    """A function that trains for so many epochs and gives their mean losses; PyTorch's version."""
    import torch
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    model, x = network_of(torch, start.network), torch.tensor(start.x)
    with torch.no_grad():
        for parameter, w in zip(model.parameters(), as_pytorch_has(start.weights)):
            parameter.copy_(torch.tensor(w.copy()))
    if start.network == "cnn":
        x = x.permute(0, 3, 1, 2)
        layout = torch.channels_last if way[2] == "channels_last" else torch.contiguous_format
        model, x = model.to(memory_format=layout), x.contiguous(memory_format=layout)
        optimizer = adam(torch, model.parameters(), **{way[1]: True})
    else:
        optimizer = RMSprop(torch, model.parameters())
    labels = torch.tensor(start.y.argmax(1))
    batches = list(zip(x.split(start.batch), labels.split(start.batch)))
    forward = torch.jit.trace(model, batches[0][0]) if way[0] == "traced" else model

    def loss_of(rows, expected):
        return torch.nn.functional.cross_entropy(forward(rows), expected)

    step = optimizer.step
    if way[0] == "compiled":
        loss_of = torch.compile(loss_of)
    if way[1] == "compiled":
        step = torch.compile(step)

    def train(epochs):
        means = []
        for _ in range(epochs):
            losses = []
            for rows, expected in batches:
                optimizer.zero_grad()
                loss = loss_of(rows, expected)
                loss.backward()
                step()
                losses.append(loss.detach())
            means.append(torch.stack(losses).mean())
        return [float(mean) for mean in means]

    return train, f"PyTorch {torch.__version__}"
