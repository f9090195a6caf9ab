//===- graph-interpret.cpp - runs a model slowly, in many orders ----------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// graph-interpret MODEL [--config FILE] --calls FILE [--shuffles N] [--seed S]
//
// The reference for tests of order: makes N instances of a model, a GraphDef,
// SavedModel or .mlir file of the graph dialect, and runs the same calls on
// each, every time in another of the orders that the graph allows. CALLS is a
// list of {"function": NAME, "inputs": {NAME: numbers}}. Prints what the first
// instance gave, and the first difference that another one showed.
//
//===----------------------------------------------------------------------===//

#include "Interpreter.h"

#include "graph-compile/Import/TensorFlow/Import.h"
#include "graph-compile/Support/DiagnosticPrinter.h"

#include "mlir/Parser/Parser.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::interpret;

namespace cl = llvm::cl;

// NOLINTBEGIN(bugprone-throwing-static-initialization): LLVM's way of options.
static cl::OptionCategory category("graph-interpret");
static cl::opt<std::string> modelPath(cl::Positional, cl::Required,
                                      cl::desc("MODEL"), cl::cat(category));
static cl::opt<std::string> configPath("config", cl::desc("The entry points"),
                                       cl::cat(category));
static cl::opt<std::string> callsPath("calls", cl::Required,
                                      cl::desc("What to call, in JSON"),
                                      cl::cat(category));
static cl::opt<unsigned> numShuffles("shuffles", cl::init(20),
                                     cl::desc("How many orders to try"),
                                     cl::cat(category));
static cl::opt<uint64_t> seed("seed", cl::init(0), cl::desc("Of the orders"),
                              cl::cat(category));
static cl::opt<bool> noWarnings("no-warnings",
                                cl::desc("Do not print warnings"),
                                cl::cat(category));

static llvm::ExitOnError exitOnError;
// NOLINTEND(bugprone-throwing-static-initialization)

namespace {
struct Call {
  graph::FuncOp function;
  std::vector<Tensor> inputs;
};
} // namespace

static StringRef getName(DictionaryAttr attributes) {
  return attributes.getAs<StringAttr>(graph::GraphDialect::getNameAttrName())
      .getValue();
}

static llvm::Expected<std::vector<Call>>
readCalls(ModuleOp module, const llvm::json::Value &json) {
  const llvm::json::Array *list = json.getAsArray();
  if (!list)
    return llvm::createStringError("expected a list of calls");
  std::vector<Call> calls;
  for (const llvm::json::Value &element : *list) {
    const llvm::json::Object *object = element.getAsObject();
    auto name = object ? object->getString("function") : std::nullopt;
    Call call;
    if (name)
      call.function = module.lookupSymbol<graph::FuncOp>(*name);
    if (!call.function)
      return llvm::createStringError("a call names no function of the model");
    const llvm::json::Object *inputs = object->getObject("inputs");
    for (BlockArgument argument : call.function.getBody().getArguments()) {
      StringRef input =
          getName(call.function.getArgAttrDict(argument.getArgNumber()));
      const llvm::json::Value *value = inputs ? inputs->get(input) : nullptr;
      if (!value)
        return llvm::createStringError("no input \"" + input + "\"");
      auto tensor =
          fromJson(*value, cast<RankedTensorType>(argument.getType()));
      if (!tensor)
        return tensor.takeError();
      call.inputs.push_back(std::move(*tensor));
    }
    calls.push_back(std::move(call));
  }
  return calls;
}

/// What a call did and left, in an order that does not matter.
static llvm::json::Value describe(Call call, CallResult result,
                                  const Instance &instance) {
  llvm::json::Object outputs, variables;
  for (auto [index, output] : llvm::enumerate(result.outputs))
    outputs[getName(call.function.getResultAttrDict(index))] = toJson(output);
  for (const auto &[name, value] : instance.getVariables())
    variables[name] = toJson(value);
  llvm::json::Object description;
  description["failure"] = result.failure;
  // What happened before a failure depends on the order, as a rule.
  if (!result.failure.empty())
    return description;
  llvm::sort(result.prints);
  description["outputs"] = std::move(outputs);
  description["variables"] = std::move(variables);
  description["prints"] = llvm::json::Array(result.prints);
  return description;
}

static std::vector<llvm::json::Value> run(ModuleOp module, ArrayRef<Call> calls,
                                          uint64_t orderSeed) {
  Instance instance(module, orderSeed);
  std::vector<llvm::json::Value> results;
  if (!instance.getFailure().empty())
    return {llvm::json::Object{{"failure", instance.getFailure()}}};
  for (const Call &call : calls) {
    results.push_back(
        describe(call, instance.call(call.function, call.inputs), instance));
    if (!instance.getFailure().empty())
      break;
  }
  return results;
}

/// Whether both say the same; of two failures it does not matter which.
static bool agree(const llvm::json::Value &a, const llvm::json::Value &b) {
  auto fails = [](const llvm::json::Value &result) {
    return !result.getAsObject()->getString("failure")->empty();
  };
  return fails(a) || fails(b) ? fails(a) == fails(b) : a == b;
}

static OwningOpRef<ModuleOp> readModel(MLIRContext &context) {
  if (StringRef(modelPath).ends_with(".mlir"))
    return parseSourceFile<ModuleOp>(modelPath, &context);
  ImportOptions options;
  options.modelPath = modelPath;
  options.configPath = configPath;
  if (noWarnings)
    for (const char *flag :
         {"no-race", "no-lost-update", "no-dead-control", "no-captured-effect"})
      options.warnings.parse(flag);
  return importTensorFlow(context, options);
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(argc, argv,
                              "runs a model slowly, in many orders\n");
  exitOnError.setBanner("error: ");

  MLIRContext context;
  context.loadDialect<graph::GraphDialect>();
  DiagnosticPrinter printer(&context, llvm::errs());
  OwningOpRef<ModuleOp> module = readModel(context);
  if (!module)
    return 1;
  auto buffer = exitOnError(
      llvm::errorOrToExpected(llvm::MemoryBuffer::getFile(callsPath)));
  std::vector<Call> calls = exitOnError(
      readCalls(*module, exitOnError(llvm::json::parse(buffer->getBuffer()))));

  std::vector<llvm::json::Value> first = run(*module, calls, seed);
  llvm::json::Value difference = nullptr;
  for (unsigned i = 1; i < numShuffles && !difference.getAsObject(); ++i) {
    std::vector<llvm::json::Value> other = run(*module, calls, seed + i);
    for (auto [index, a, b] : llvm::enumerate(first, other))
      if (!agree(a, b)) {
        difference = llvm::json::Object{
            {"call", int64_t(index)}, {"first", a}, {"other", b}};
        break;
      }
  }
  llvm::outs() << llvm::json::Value(
                      llvm::json::Object{{"calls", llvm::json::Array(first)},
                                         {"difference", std::move(difference)}})
               << "\n";
  return 0;
}
