"""The lit tests: one file per pass, per import failure, per mechanism.

Run through the build (`check-graph-compile`), or directly on a file with
`lit test/Dialect/Graph/IR/fold-shapes.mlir --param build_dir=build/release`.
"""

import os

import lit.formats

config.name = "graph-compile"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".pbtxt", ".test"]
config.excludes = ["fixtures", "Inputs", "CMakeLists.txt", "lit.cfg.py"]
config.test_source_root = os.path.dirname(__file__)

if not hasattr(config, "build_dir"):  # run directly, without the build's file
    config.build_dir = os.path.abspath(lit_config.params.get("build_dir", "build/release"))
    config.source_dir = os.path.dirname(config.test_source_root)
    config.llvm_tools_dir = "/usr/lib/llvm-22/bin"
    config.c_compiler = "clang-22"
    config.cxx_compiler = "clang++-22"
    config.sanitizer = ""

config.test_exec_root = os.path.join(config.build_dir, "test")

path = [os.path.join(config.build_dir, "bin"), config.llvm_tools_dir, config.environment["PATH"]]
config.environment["PATH"] = os.pathsep.join(path)

config.substitutions.append(("%source_dir", config.source_dir))
config.substitutions.append(("%build_dir", config.build_dir))
config.substitutions.append(("%llvm_include", os.path.join(os.path.dirname(config.llvm_tools_dir), "include")))
config.substitutions.append(("%cxx", config.cxx_compiler))
config.substitutions.append(("%cc", config.c_compiler))
# What a program needs that links a runtime built with sanitizers.
config.substitutions.append(("%sanitizer_flags", "-fsanitize=" + config.sanitizer if config.sanitizer else ""))
# Debian's interpreter: the one that has Debian's NumPy.
config.substitutions.append(("%python", "/usr/bin/python3"))

if config.sanitizer:
    config.available_features.add("sanitizer")
