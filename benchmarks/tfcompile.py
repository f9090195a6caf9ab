"""TensorFlow's ahead-of-time compiler, as its package for Python has it: `tfcompile.py FOLDER CPU THREADS`
compiles the model that models.load() finds in FOLDER into FOLDER/model.o, model_metadata.o, model_constants.o and
model.h, which has the class `Model`.

`saved_model_cli aot_compile_cpu` calls the same function, for SavedModels, with the same flags.
"""

import os
import sys
from pathlib import Path

import models

# What the code of the models here calls, of the sources that are in the package.
SOURCES = [
    "tensorflow/compiler/tf2xla/allocator.cc",
    "tensorflow/compiler/tf2xla/xla_compiled_cpu_function.cc",
    "xla/backends/cpu/runtime/dot_lib_f32.cc",
    "xla/backends/cpu/runtime/rng_state_lib.cc",
    "xla/executable_run_options.cc",
]


def find_package():
    """TensorFlow's folder and version, without importing it."""
    import importlib.metadata
    import importlib.util

    spec = importlib.util.find_spec("tensorflow")
    if not spec:
        raise RuntimeError("TensorFlow is not installed")
    package = importlib.metadata.packages_distributions()["tensorflow"][0]
    return Path(spec.submodule_search_locations[0]), importlib.metadata.version(package)


def describe_tensor(kind, tensor, shape):
    node, output = tensor["node"].split(":")
    dims = " ".join(f"dim {{ size: {size} }}" for size in shape)
    place = f'id {{ node_name: "{node}" output_index: {output} }}'
    return f'{kind} {{ {place} name: "{tensor["name"]}" type: DT_FLOAT shape {{ {dims} }} }}\n'


def main():
    folder, cpu, threads = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    model = models.load(folder)
    content, config = model.make_graph()
    (folder / "graph.pb").write_bytes(content)
    (function,) = config["functions"]
    (feed,), (fetch,) = function["feeds"], function["fetches"]
    text = describe_tensor("feed", feed, model.input.shape)
    node, output = fetch["node"].split(":")
    text += f'fetch {{ id {{ node_name: "{node}" output_index: {output} }} name: "{fetch["name"]}" }}\n'
    (folder / "config.pbtxt").write_text(text)

    # The second turns off what the sources in the package cannot call; XLA reads up to the blank.
    flags = f"--xla_cpu_multi_thread_eigen={'true' if threads > 1 else 'false'} --xla_cpu_experimental_ynn_fusion_type= "
    os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} {flags}"
    from tensorflow.python import _pywrap_tfcompile

    _pywrap_tfcompile.Compile(
        graph=str(folder / "graph.pb"),
        config=str(folder / "config.pbtxt"),
        cpp_class="Model",
        target_triple="x86_64-unknown-linux-gnu",
        target_cpu=cpu,
        entry_point="bench",
        out_function_object=str(folder / "model.o"),
        out_header=str(folder / "model.h"),
        out_metadata_object=str(folder / "model_metadata.o"),
        out_constant_buffers_object=str(folder / "model_constants.o"),
        gen_name_to_index=False,
        gen_program_shape=False,
    )


if __name__ == "__main__":
    main()
