//===- Options.td - the command line of graph-compile -- *- tablegen -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

include "llvm/Option/OptParser.td"

/// An option with a value, `--NAME=VALUE` or `--NAME VALUE`.
multiclass Value<string name, string metaVar, string help> {
  def "" : Separate<["--"], name>, MetaVarName<metaVar>, HelpText<help>;
  def _joined : Joined<["--"], name # "=">, Alias<!cast<Option>(NAME)>;
}

def output : Separate<["-"], "o">, MetaVarName<"OUT">,
  HelpText<"Write the output to OUT; - is standard output, the default for text">;
defm emit : Value<"emit", "KIND",
  "What to make: exe (default), obj, lib (static library), shared (library), "
  "mlir, llvm or asm. obj, lib and shared also write OUT's .h">;
def object : Flag<["-"], "c">, HelpText<"The same as --emit=obj">;

defm config : Value<"config", "FILE.json", "The entry points of a graph">;
defm feed : Value<"feed", "NAME[=DIMS]",
  "Feed this tensor of the entry point main; DIMS, as in 2,-1,8, is its shape, "
  "-1 where open (repeatable)">;
defm fetch : Value<"fetch", "NAME",
  "Fetch this tensor in the entry point main (repeatable)">;
defm target : Value<"target", "NAME",
  "Run this node in the entry point main (repeatable)">;
defm function : Value<"function", "NAME",
  "Compile only this signature of a SavedModel, or function of the config "
  "(repeatable; default: all)">;
defm tags : Value<"tags", "TAG[,TAG..]",
  "Compile the graph of a SavedModel that has exactly these tags (default: "
  "serve)">;
defm name : Value<"name", "ID",
  "Prefix of the symbols in C (default: the config's name, else the file's)">;

defm cpu : Value<"cpu", "CPU[,CPU..]",
  "Make code for this CPU, as LLVM names it (default: native); of several, the "
  "program runs the best that its machine can run">;
defm target_triple : Value<"target-triple", "TRIPLE",
  "Make code for this target (default: this machine's)">;
defm weights : Value<"weights", "PLACE",
  "Where weights go: embed (default) in the output, or file: OUT.weights, which "
  "the program maps">;
defm schedule : Value<"schedule", "ORDER",
  "Order of what has no order: memory (default), source or shuffle:SEED">;
def auto_order : Flag<["--"], "auto-order">,
  HelpText<"Order all effects as the graph lists them">;

def warning : Joined<["-"], "W">, MetaVarName<"CATEGORY">,
  HelpText<"Show warnings of race, lost-update, dead-control or "
           "captured-effect; -Wno-CATEGORY hides them, -Werror=CATEGORY and "
           "-Werror make errors of them">;

def remarks : Joined<["-"], "Rpass=">, MetaVarName<"REGEX">,
  HelpText<"Say what optimizations of the categories that REGEX matches did: "
           "raise, fold">;
def missed_remarks : Joined<["-"], "Rpass-missed=">, MetaVarName<"REGEX">,
  HelpText<"Say what such optimizations nearly did, and why they did not">;

def why : MultiArg<["--"], "why", 2>, MetaVarName<"A B">,
  HelpText<"Compile nothing; print what orders the node A before the node B, or "
           "B before A, or that nothing does">;

defm sanitize : Value<"sanitize", "address",
  "Check the memory accesses of the generated code when it runs">;
def save_temps : Flag<["--"], "save-temps">,
  HelpText<"Keep the IR of every stage beside the output">;
defm compile_to : Value<"compile-to", "STAGE",
  "Stop there and print the IR: import, optimize, linearize, linalg, kernels, "
  "plan or codegen">;

def stats : Flag<["--"], "stats">,
  HelpText<"Print the kernels of each function and where its values lie; "
           "--stats=json prints it as JSON">;
def stats_joined : Joined<["--"], "stats=">;

def print_supported_ops : Flag<["--"], "print-supported-ops">,
  HelpText<"Print the operations of TensorFlow that can be compiled">;
def version : Flag<["--"], "version">, HelpText<"Print the version">;
def help : Flag<["--"], "help">, HelpText<"Print this help">;
def help_short : Flag<["-"], "h">, Alias<help>;
