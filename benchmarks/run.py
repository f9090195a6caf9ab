#!/usr/bin/env python3
"""Runs models compiled by graph-compile beside other libraries and prints how they compare.

    benchmarks/run.py benchmarks/configs/matmul.json --compiler build/release/bin/graph-compile --peers FOLDER

README.md beside this file says what is measured, and how.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCE = HERE.parent
# (package, folder of its own): both builds of oneDNN have the same file names.
PACKAGES = ["numpy", "onednn", "onednn-devel", "onnx", "onnxruntime", "openvino", "ai-edge-litert", "flatbuffers"]
OPENMP_PACKAGES = ["onednn-cpu-gomp", "onednn-devel-cpu-gomp"]


def make_environment(folder, packages):
    """A virtual environment with `packages`, made where there is none yet."""
    if not (folder / "complete").exists():
        print(f"installing {', '.join(packages)} into {folder}", flush=True)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([folder / "bin" / "pip", "install", "--quiet", *packages], check=True)
        (folder / "complete").touch()
    return folder


def enter_environment(options):
    """Goes on with the Python of the peers, which has NumPy."""
    folder = make_environment(options.peers, PACKAGES)
    make_environment(options.peers / "openmp", OPENMP_PACKAGES)
    if Path(sys.prefix).resolve() != folder.resolve():
        os.execv(folder / "bin" / "python", [str(folder / "bin" / "python"), *sys.argv])


def command_of_tensorflow(package):
    """What compiles C++ that includes TensorFlow's headers; they give warnings."""
    return ["c++", "-std=c++17", "-O3", "-march=native", "-w", "-I", package / "include"]


class Contender:
    """A process that has a model ready. It is stopped while another one runs."""

    def __init__(self, command, environment, cores):
        self.process = subprocess.Popen(
            ["taskset", "-c", cores, *map(str, command)],
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.label = self.name = self.read()
        self.times = []
        self.process.send_signal(signal.SIGSTOP)

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"a contender ended with status {self.process.wait()}")
        return line.strip()

    def ask(self, line):
        self.process.send_signal(signal.SIGCONT)
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.read()
        self.process.send_signal(signal.SIGSTOP)
        return answer

    def choose_count(self, seconds):
        """Finds how many calls take `seconds`, and warms up."""
        self.ask("run 2")
        count, taken = 1, float(self.ask("run 1"))
        while taken < seconds / 4:
            count *= 4
            taken = float(self.ask(f"run {count}"))
        self.count = max(1, round(count * seconds / taken))

    def measure(self):
        self.times.append(float(self.ask(f"run {self.count}")) / self.count)

    def get_result(self, folder):
        import numpy as np

        self.ask(f"save {folder / 'result.bin'}")
        return np.fromfile(folder / "result.bin", np.float32)

    def close(self):
        self.process.kill()
        self.process.wait()


class Bench:
    """Builds contenders in a temporary folder and measures them."""

    def __init__(self, options, folder):
        self.options, self.folder = options, folder

    def compile_driver(self, name, command):
        output = self.folder / name
        if not output.exists():
            subprocess.run([*map(str, command), "-o", str(output)], check=True)
        return output

    def start_compiled(self, folder, model, threads, name, compiler, library=None):
        graph, config = model.make_graph()
        (folder / "graph.pb").write_bytes(graph)
        (folder / "config.json").write_text(json.dumps(config))
        output, driver = folder / f"{name}.o", folder / name
        command = [compiler, folder / "graph.pb", "--config", folder / "config.json", "-c", "-o", output]
        subprocess.run([*map(str, command), *self.options.flag], check=True)
        library = library or compiler.parent.parent / "lib" / "libgcrt.a"
        command = ["cc", "-O2", "-I", SOURCE / "runtime/include", f'-DCONTENDER="{name}"', HERE / "drivers/compiled.c", output, library]
        subprocess.run([*map(str, command), "-lm", "-lpthread", "-o", str(driver)], check=True)
        return [driver, folder / "input.bin", threads], {}

    def start_onednn(self, folder, model, environment, name, flags=()):
        if not hasattr(model, "layers"):
            raise RuntimeError("its driver has products of matrices only")
        command = ["c++", "-O2", HERE / "drivers/onednn.cpp", "-I", environment / "include", "-L", environment / "lib"]
        driver = self.compile_driver(name, [*command, "-ldnnl", "-Wl,--allow-shlib-undefined", *flags])
        layers = []
        for layer in model.layers:
            layers.append(f"{layer.units}{'b' if layer.bias else ''}{'r' if layer.activation == 'relu' else ''}")
        command = [driver, folder / "input.bin", folder / "weights.bin", model.rows, model.columns, *layers]
        return command, {"LD_LIBRARY_PATH": str(environment / "lib")}

    def build_tfcompile_runtime(self, package, version):
        """What the code of tfcompile calls, compiled once into the folder of the peers."""
        import tfcompile

        folder = self.options.peers / f"tfcompile-{version}"
        folder.mkdir(exist_ok=True)
        objects = [folder / f"{Path(source).stem}.o" for source in tfcompile.SOURCES]
        for source, output in zip(tfcompile.SOURCES, objects):
            if not output.exists():
                command = [*command_of_tensorflow(package), "-c", package / "xla_aot_runtime_src" / source, "-o", output]
                subprocess.run(list(map(str, command)), check=True)
        return objects

    def start_tfcompile(self, folder, threads):
        import tfcompile

        package, version = tfcompile.find_package()
        runtime = self.build_tfcompile_runtime(package, version)
        # XLA takes the machine's CPU by itself only where it compiles at run time.
        answer = subprocess.run([self.options.compiler, "--version"], check=True, capture_output=True, text=True)
        cpu = answer.stdout.rsplit("CPU ", 1)[1].split()[0]
        command = [sys.executable, HERE / "tfcompile.py", folder, cpu, threads]
        answer = subprocess.run(list(map(str, command)), stderr=subprocess.PIPE, text=True)
        if answer.returncode != 0:
            raise RuntimeError(answer.stderr.strip().splitlines()[-1])
        objects = [*(folder / f"model{part}.o" for part in ("", "_metadata", "_constants")), *runtime]
        driver, libraries = folder / "tfcompile", ["-L", package, "-l:libtensorflow_framework.so.2", "-lpthread"]
        command = [*command_of_tensorflow(package), "-I", folder, f'-DCONTENDER="tfcompile {version}"']
        command += [HERE / "drivers/tfcompile.cpp", *objects, *libraries, "-o", driver]
        subprocess.run(list(map(str, command)), check=True)
        return [driver, folder / "input.bin", threads], {"LD_LIBRARY_PATH": str(package), "TF_CPP_MIN_LOG_LEVEL": "3"}

    def get_command(self, name, folder, model, threads):
        """The command of contender `name` and what its environment has besides."""
        if name == "graph-compile":
            return self.start_compiled(folder, model, threads, name, self.options.compiler, self.options.library)
        if name == "baseline":
            return self.start_compiled(folder, model, threads, name, self.options.baseline)
        if name == "onednn":
            command, environment = self.start_onednn(folder, model, self.options.peers, name)
            library = self.options.peers / "lib" / "libintelocl.so"
            return command, {**environment, "OCL_ICD_FILENAMES": str(library)}
        if name == "onednn-openmp":
            command, environment = self.start_onednn(folder, model, self.options.peers / "openmp", name, ["-fopenmp"])
            return command, {**environment, "OMP_NUM_THREADS": str(threads)}
        if name == "tfcompile":
            return self.start_tfcompile(folder, threads)
        environment = {"OMP_NUM_THREADS": str(threads), "TF_CPP_MIN_LOG_LEVEL": "3"}
        return [sys.executable, HERE / "worker.py", name, folder, threads], environment

    def measure_start(self, name, folder, model, threads, cores):
        """Seconds from the start of a process to its first result, the best of some."""
        command, environment = self.get_command(name, folder, model, threads)
        times = []
        for _ in range(self.options.starts):
            begin = time.perf_counter()
            contender = Contender(command, environment, cores)
            contender.ask("run 1")
            times.append(time.perf_counter() - begin)
            contender.close()
        return min(times)

    def start(self, name, folder, model, threads, cores):
        try:
            contender = Contender(*self.get_command(name, folder, model, threads), cores)
            contender.label = name
            return contender
        except (RuntimeError, subprocess.CalledProcessError) as error:
            if name == "graph-compile":
                sys.exit(f"error: {model.name}: {error}")
            print(f"  {name} is left out: {error}")
            return None

    def measure_peak(self, cores):
        command = ["cc", "-O3", "-march=native", HERE / "drivers/peak.c"]
        return Contender([self.compile_driver("peak", command)], {}, cores)

    def compare(self, model, threads):
        """Prints the contenders' times for one model and returns ours over the best of theirs, for each of them."""
        cores = self.options.cores or ",".join(map(str, sorted(os.sched_getaffinity(0))[-threads:]))
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        model.save(folder)
        contenders = [self.start(name, folder, model, threads, cores) for name in ["graph-compile", *self.options.peer]]
        contenders = [contender for contender in contenders if contender]
        peak = self.measure_peak(cores.split(",")[0])
        peak_flops = float(peak.get_result(folder)[0])
        for contender in [*contenders, peak]:
            contender.choose_count(self.options.slice)
        for _ in range(self.options.rounds):
            for contender in [*contenders, peak]:
                contender.measure()
        self.report(model, threads, contenders, peak_flops / min(peak.times) * threads, folder)
        for contender in [*contenders, peak]:
            contender.close()
        if self.options.starts:
            self.report_starts([contender.label for contender in contenders], folder, model, threads, cores)
        return {contender.name: get_ratio(contenders[0], contender) for contender in contenders[1:]}

    def report(self, model, threads, contenders, peak, folder):
        print(f"{model.name}, {threads} thread{'s' * (threads > 1)}, peak {peak * 1e-9:.0f} GFLOP/s")
        for contender in contenders:
            best = min(contender.times)
            error = model.error(contender.get_result(folder))
            verdict = "" if error < self.options.tolerance else "  WRONG"
            line = f"  {contender.name:<22} {best * 1e6:10.1f} us {model.flops / best * 1e-9:7.1f} GFLOP/s"
            line += f" {100 * model.flops / best / peak:4.0f} %  error {error:.1e}{verdict}"
            if contender is not contenders[0]:
                line += f"  we are at {get_ratio(contenders[0], contender):.2f} of its speed"
            print(line, flush=True)


    def report_starts(self, labels, folder, model, threads, cores):
        for label in labels:
            seconds = self.measure_start(label, folder, model, threads, cores)
            print(f"  {label:<22} {seconds * 1e3:10.1f} ms from process start to first result", flush=True)


def get_ratio(ours, theirs):
    """Their best time over ours: above 1, we are faster."""
    return min(theirs.times) / min(ours.times)


def summarize(ratios):
    """Prints the geometric mean for each peer, and for the best of all in each model."""
    names = sorted({name for entry in ratios for name in entry})
    for name in names:
        known = [entry[name] for entry in ratios if name in entry]
        print(f"  {name:<22} geometric mean {statistics.geometric_mean(known):.3f}, least {min(known):.3f}")
    best = [min(entry.values()) for entry in ratios if entry]
    if best:
        print(f"  {'the best of them':<22} geometric mean {statistics.geometric_mean(best):.3f}, least {min(best):.3f}")


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("configs", nargs="+", help="files that describe models, see configs/")
    parser.add_argument("--compiler", required=True, type=Path, help="the graph-compile to measure")
    parser.add_argument("--baseline", type=Path, help="another graph-compile, to compare with as a peer `baseline`")
    parser.add_argument("--library", type=Path, help="libgcrt.a (default: beside the compiler, as the baseline's is)")
    parser.add_argument("--peers", required=True, type=Path, help="a folder outside the tree where the peers are, or will be, installed")
    parser.add_argument("--peer", action="append", default=[], help="a peer; repeatable (default: onednn, onednn-openmp, onnxruntime, openvino, litert; also: torch, inductor, iree, jax, tensorflow, xla, tfcompile, where they are installed)")
    parser.add_argument("--only", action="append", help="a model of the configuration; repeatable (default: all)")
    parser.add_argument("--threads", type=int, action="append", help="repeatable; default: 1")
    parser.add_argument("--cores", help="cores to pin everything to, as taskset has them (default: the last ones)")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--slice", type=float, default=0.005, help="seconds of one measurement")
    parser.add_argument("--starts", type=int, default=0, help="processes to start for the time to the first result (default 0: not measured)")
    parser.add_argument("--tolerance", type=float, default=1e-6, help="of errors, as a share of the terms' sum")
    parser.add_argument("--flag", action="append", default=[], help="a further flag of the compiler; repeatable")
    return parser.parse_args()


def main():
    options = parse_options()
    enter_environment(options)
    import models

    options.peer = options.peer or ["onednn", "onednn-openmp", "onnxruntime", "openvino", "litert"]
    if options.baseline:
        options.peer.insert(0, "baseline")
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(options, Path(folder))
        for threads in options.threads or [1]:
            ratios = []
            for config in options.configs:
                for model in models.read_config(config):
                    if options.only and model.name not in options.only:
                        continue
                    model.fill()
                    ratios.append(bench.compare(model, threads))
            print(f"their time over ours, {threads} thread{'s' * (threads > 1)}:")
            summarize(ratios)
    return 0


if __name__ == "__main__":
    sys.exit(main())
