"""What the commands share that set single operations beside PyTorch's. Each says what its benchmarks are
called, in which ways PyTorch can run them, and what the calls are."""
import json
import math
import re
import statistics
from collections import defaultdict
from contextlib import ExitStack

import command_line
import side_by_side

# PyTorch allocates each result; so it gets memory that it had before, and not, each time, new pages.
SETTINGS = {"MALLOC_MMAP_THRESHOLD_": str(1 << 30), "MALLOC_TRIM_THRESHOLD_": str(1 << 30)}


def forward_and_backward(torch, operands, forward):
    """The calls of a function of these operands, and of the gradients of all of them."""
    y = forward()
    dy = torch.rand_like(y).sub_(0.5)

    def without_gradient():
        with torch.no_grad():
            return forward()

    return {"forward": without_gradient,
            "backward": lambda: torch.autograd.grad(y, operands, dy, retain_graph=True)}


class Comparison:
    """directions: {(kind, direction): (benchmarks that make it up, what its rate counts)};
    ways: each a list of words; calls(torch, kind, shape, way): {direction: call}."""

    def __init__(self, description, directions, ways, calls):
        self.directions, self.ways, self.calls = directions, ways, calls
        self.arguments = self.parse_arguments(description)

    @staticmethod
    def parse_arguments(description):
        parser = side_by_side.parser_of(description, "PyTorch")
        parser.add_argument("--op", default="", type=command_line.expression,
                            help="regular expression on the operations, as the tables name them")
        parser.add_argument("--filter", default="", type=command_line.expression,
                            help="regular expression on the shapes")
        parser.add_argument("--threads", default=1, type=command_line.positive,
                            help="number of threads (default: 1)")
        parser.add_argument("--seconds", default=0.05, type=command_line.seconds,
                            help="seconds a round and shape")
        return parser.parse_args()

    def measure_as_peer(self, task):
        """In the process of PyTorch. Answers with {case: seconds a call}."""
        now = side_by_side.clock(task)

        def seconds_of(call):
            call()
            calls, start = 0, now()
            while True:
                call()
                calls += 1
                elapsed = now() - start
                if elapsed >= task["seconds"]:
                    return elapsed / calls

        def prepare():
            import torch
            torch.set_num_threads(task["threads"])
            torch.set_flush_denormal(True)
            torch.manual_seed(1)

            def answer(cases):
                return {f"{kind} {direction} {shape}": seconds_of(call) for kind, shape in cases
                        for direction, call in self.calls(torch, kind, shape, task["way"]).items()
                        if (kind, direction) in self.directions}

            capability = torch.backends.cpu.get_cpu_capability()
            return {"version": f"{torch.__version__}, its kernels those of {capability}"}, answer

        side_by_side.serve(prepare)

    def lanewise_round(self, pattern):
        """{(kind, direction, shape): (seconds, what it counts)}"""
        peak, entries, _ = side_by_side.ask_lanewise(self.arguments, self.arguments.threads, pattern,
                                                     self.arguments.seconds)
        found = {}
        for key, (operations, unit) in self.directions.items():
            of = [{name.split("/", 4)[4]: entry for name, entry in entries.items()
                   if name.split("/")[0] == operation} for operation in operations]
            for shape in of[0]:
                parts = [part[shape] for part in of if shape in part]
                if len(parts) == len(of):
                    found[(*key, shape)] = (sum(part["seconds"] for part in parts),
                                            sum(part["seconds"] * part[unit] for part in parts))
        return peak, found

    def print_table(self, key, own, peers, peak):
        shapes = [found[2] for found in own if found[:2] == key]
        if not shapes:
            return
        flops = self.directions[key][1] == "flops"
        print(f"\n{' '.join(key)}")
        print(f"{'shape':<26}{'GFLOP/s' if flops else 'GB/s':>9}{'of peak' if flops else '':>9}"
              f"  {'PyTorch at its best':<28}{'ratio':>6}")
        ratios = []
        for shape in shapes:
            seconds = statistics.median(time for time, _ in own[(*key, shape)])
            count = own[(*key, shape)][0][1]
            times = {way: statistics.median(rounds) for way, rounds in
                     peers[f"{' '.join(key)} {shape}"].items()}
            best = min(times, key=times.get)
            ratios.append(times[best] / seconds)
            share = f"{count / seconds / peak / self.arguments.threads:.2f}" if flops and peak else ""
            print(f"{shape:<26}{count / seconds * 1e-9:>9.1f}{share:>9}  "
                  f"{format(count / times[best] * 1e-9, '.1f') + ' ' + best:<28}{ratios[-1]:>6.2f}")
        mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
        print(f"geometric mean of the ratios {mean:.2f}, least {min(ratios):.2f}")

    def run(self):
        arguments = self.arguments
        if arguments.as_peer:
            self.measure_as_peer(json.loads(arguments.as_peer))
            return
        side_by_side.require_both_sides(arguments, arguments.threads, {"torch": "PyTorch"})
        self.directions = {key: of for key, of in self.directions.items()
                           if re.search(arguments.op, " ".join(key))}
        if not self.directions:
            side_by_side.fail(f"no operation is called '{arguments.op}'")
        operations = "|".join(dict.fromkeys(name for names, _ in self.directions.values()
                                            for name in names))
        pattern = f"({operations})/lanewise/f32/t{arguments.threads}/.*({arguments.filter})"
        side_by_side.print_header(arguments, arguments.seconds, side_by_side.bench_command(
            arguments, arguments.threads, f"^(peak/fma/f32|{pattern})", arguments.seconds))
        own, peers, peaks = defaultdict(list), defaultdict(lambda: defaultdict(list)), []
        with ExitStack() as stack:
            processes = [stack.enter_context(side_by_side.Peer(
                arguments, {"way": way, "seconds": arguments.seconds}, arguments.threads, SETTINGS))
                for way in self.ways]
            for _ in range(arguments.rounds):
                peak, found = self.lanewise_round(pattern)
                peaks += [peak] if peak else []
                for key, measured in found.items():
                    own[key].append(measured)
                cases = list(dict.fromkeys((key[0], key[2]) for key in found))
                for way, process in zip(self.ways, processes):
                    for case, seconds in process.ask(cases).items():
                        peers[case][" ".join(way)].append(seconds)
            print(f"pytorch:  {processes[0].about['version']}")
        for key in self.directions:
            self.print_table(key, own, peers, statistics.median(peaks) if peaks else None)
        if arguments.json:
            arguments.json.write_text(json.dumps({
                "lanewise": {" ".join(key): value for key, value in own.items()},
                "pytorch": peers}, indent=1) + "\n")
