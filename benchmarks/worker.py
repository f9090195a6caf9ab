"""A framework of Python as contender: `worker.py NAME FOLDER THREADS` answers the lines that drivers/serve.h describes."""

import sys
import time
from pathlib import Path

import numpy as np

import models


def make_for(framework, model):
    """The model as that framework has it."""
    make = getattr(model, f"make_{framework}", None)
    if not make:
        raise RuntimeError(f"this kind of model is not written for {framework}")
    return make()


def prepare_onnxruntime(model, threads):
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    session = ort.InferenceSession(make_for("onnx", model), options, providers=["CPUExecutionProvider"])
    # Bound once: a call copies nothing.
    binding = session.io_binding()
    binding.bind_cpu_input("x", model.input)
    binding.bind_output(session.get_outputs()[0].name, "cpu")
    run = session.run_with_iobinding
    return f"ONNX Runtime {ort.__version__}", lambda: run(binding), lambda: binding.copy_outputs_to_cpu()[0]


def prepare_openvino(model, threads):
    import openvino as ov

    core, content = ov.Core(), make_for("onnx", model)
    network = core.read_model(content)
    settings = {"INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"}
    request = core.compile_model(network, "CPU", settings).create_infer_request()
    request.set_input_tensor(ov.Tensor(model.input, shared_memory=True))

    # The network looks at the weights in `content`.
    def run(kept=(core, network, content)):
        request.start_async()
        request.wait()

    return f"OpenVINO {ov.__version__.split('-')[0]}", run, lambda: request.get_output_tensor().data


def prepare_torch(model, threads, compiled=False):
    import torch

    torch.set_num_threads(threads)
    network = make_for("torch", model)
    if compiled:
        torch._inductor.config.freezing = True
        network = torch.compile(network)
    elif isinstance(network, torch.nn.Module):
        with torch.inference_mode():
            network = torch.jit.freeze(torch.jit.script(network))
    x, kept = torch.from_numpy(model.input), {}

    def run():
        with torch.inference_mode():
            kept["y"] = network(x)

    name = "Inductor" if compiled else "PyTorch"
    return f"{name} {torch.__version__.split('+')[0]}", run, lambda: kept["y"].numpy()


def prepare_litert(model, threads):
    import ai_edge_litert
    from ai_edge_litert.interpreter import Interpreter

    import tflite

    interpreter = Interpreter(model_content=tflite.make_model(model), num_threads=threads)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], model.input)
    index = interpreter.get_output_details()[0]["index"]
    return f"LiteRT {ai_edge_litert.__version__}", interpreter.invoke, lambda: interpreter.get_tensor(index)


def prepare_tensorflow(model, threads, compiled=False):
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    content, config = model.make_graph()
    graph = tf.compat.v1.GraphDef.FromString(content)
    imported = tf.compat.v1.wrap_function(lambda: tf.graph_util.import_graph_def(graph, name=""), [])
    (function,) = config["functions"]
    network = imported.prune(function["feeds"][0]["node"], function["fetches"][0]["node"])
    x, kept = tf.constant(model.input), {}
    call = tf.function(network, jit_compile=True).get_concrete_function(x) if compiled else network

    def run():
        kept["y"] = call(x)

    name = "XLA of TensorFlow" if compiled else "TensorFlow"
    return f"{name} {tf.__version__}", run, lambda: kept["y"].numpy()


def prepare_xla(model, threads):
    return prepare_tensorflow(model, threads, compiled=True)


def prepare_jax(model, threads):
    import os

    # Both are read when JAX starts.
    os.environ["PJRT_NPROC"] = str(threads)
    if threads == 1:
        os.environ["XLA_FLAGS"] = os.environ.get("XLA_FLAGS", "") + " --xla_cpu_multi_thread_eigen=false"
    import jax

    x, kept = jax.numpy.asarray(model.input), {}
    call = jax.jit(make_for("jax", model)).lower(x).compile()

    def run():
        kept["y"] = call(x).block_until_ready()

    return f"JAX {jax.__version__}", run, lambda: kept["y"]


def prepare_inductor(model, threads):
    return prepare_torch(model, threads, compiled=True)


def prepare_iree(model, threads):
    import importlib.metadata
    import subprocess
    import tempfile

    import iree.compiler
    import iree.runtime

    with tempfile.TemporaryDirectory() as folder:
        source, module = Path(folder) / "model.onnx", Path(folder) / "model.mlir"
        source.write_bytes(make_for("onnx", model))
        subprocess.run([sys.executable, "-m", "iree.compiler.tools.import_onnx", source, "-o", module], check=True)
        flags = ["--iree-llvmcpu-target-cpu=host", "--iree-opt-level=O3"]
        binary = iree.compiler.compile_file(str(module), target_backends=["llvm-cpu"], extra_args=flags)
    driver = "local-sync" if threads == 1 else "local-task"
    if threads != 1:
        iree.runtime.flags.parse_flags(f"--task_topology_group_count={threads}")
    config = iree.runtime.Config(driver)
    context = iree.runtime.SystemContext(config=config)
    context.add_vm_module(iree.runtime.VmModule.copy_buffer(context.instance, binary))
    function = context.modules.module["bench"]
    x, kept = iree.runtime.asdevicearray(config.device, model.input), {}

    def run():
        kept["y"] = function(x)

    version = importlib.metadata.version("iree-base-compiler")
    return f"IREE {version}", run, lambda: kept["y"].to_host()


PEERS = {
    "onnxruntime": prepare_onnxruntime,
    "openvino": prepare_openvino,
    "torch": prepare_torch,
    "inductor": prepare_inductor,
    "iree": prepare_iree,
    "litert": prepare_litert,
    "tensorflow": prepare_tensorflow,
    "xla": prepare_xla,
    "jax": prepare_jax,
}


def main():
    peer, folder, threads = sys.argv[1:]
    model = models.load(Path(folder))  # some look at its input to the end
    try:
        name, run, get_result = PEERS[peer](model, int(threads))
    except (ImportError, RuntimeError) as error:
        sys.exit(f"  {error}")
    print(name, flush=True)
    for line in sys.stdin:
        command, argument = line.split()
        if command == "run":
            start = time.perf_counter()
            for _ in range(int(argument)):
                run()
            print(f"{time.perf_counter() - start:.9f}", flush=True)
        else:
            np.asarray(get_result(), np.float32).tofile(argument)
            print("saved", flush=True)


if __name__ == "__main__":
    main()
