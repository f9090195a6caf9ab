//===- Compile.cpp - one compilation, start to finish --------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Compile.h"
#include "RemarkPrinter.h"

#include "graph-compile/Codegen/Common/PlanStatistics.h"
#include "graph-compile/Emit/CNames.h"
#include "graph-compile/Emit/Link.h"
#include "graph-compile/Emit/MachineCode.h"
#include "graph-compile/Emit/OutputFile.h"
#include "graph-compile/Emit/Target.h"
#include "graph-compile/Support/DiagnosticPrinter.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/BuryPointer.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;
using namespace graph_compile;

namespace {
/// One compilation. After a step that returns success, what its comment says
/// holds.
class Compilation {
public:
  Compilation(const CompileOptions &options, llvm::StringRef programFolder)
      : options(options), programFolder(programFolder), context(makeRegistry()),
        printer(&context, llvm::errs()) {
    // Errors name the node or the line; the IR around it, maybe the whole
    // module, is what --save-temps and --compile-to are for.
    context.printOpOnDiagnostic(false);
    enableRemarks(context, options.passedRemarks, options.missedRemarks);
  }

  ExitStatus run();

private:
  static DialectRegistry makeRegistry();
  LogicalResult readModel();
  LogicalResult lowerTo(Stage target);
  LogicalResult runStages(Stage target);
  void printStatisticsIfAsked();
  LogicalResult printModule(ModuleOp printed, llvm::StringRef path);
  LogicalResult generateCode();
  LogicalResult generateCodeFor(ModuleOp code, const TargetCpu &cpu);
  LogicalResult emit();
  ExitStatus printStage();
  std::string getId();
  std::string getTempsPrefix();

  const CompileOptions &options;
  llvm::StringRef programFolder;
  MLIRContext context;
  DiagnosticPrinter printer;
  OwningOpRef<ModuleOp> module;
  Stage stage = Stage::Import;
  /// The prefix of the symbols.
  std::string id;
  /// The module at stage `codegen` for each of options.cpus.
  std::vector<OwningOpRef<ModuleOp>> codes;
};
} // namespace

void graph_compile::reportError(llvm::Error error) {
  llvm::errs() << "error: " << llvm::toString(std::move(error)) << '\n';
}

/// The same for an error in the middle of a compilation.
static LogicalResult fail(llvm::Error error) {
  if (!error)
    return success();
  reportError(std::move(error));
  return failure();
}

DialectRegistry Compilation::makeRegistry() {
  DialectRegistry registry;
  registerPipelineDialects(registry);
  registerLLVMIRTranslations(registry);
  return registry;
}

/// From here on `module` is the model, at `stage`.
LogicalResult Compilation::readModel() {
  if (options.isMlir()) {
    auto buffer = llvm::MemoryBuffer::getFile(options.modelPath);
    if (!buffer)
      return fail(
          llvm::createStringError("cannot read \"" + options.modelPath +
                                  "\": " + buffer.getError().message()));
    llvm::SourceMgr sources;
    sources.AddNewSourceBuffer(std::move(*buffer), llvm::SMLoc());
    module = parseSourceFile<ModuleOp>(sources, &context);
    if (module)
      stage = detectStage(*module);
  } else {
    module = importTensorFlow(context, options.import);
  }
  return success(static_cast<bool>(module));
}

/// Returns the prefix of the symbols: what the user said, else the model's
/// name, else the file's, as C allows it.
std::string Compilation::getId() {
  if (!options.id.empty())
    return options.id;
  if (auto name = (*module)->getAttrOfType<StringAttr>("graph.name"))
    return makeCName(name);
  return makeCName(llvm::sys::path::stem(options.modelPath));
}

/// Returns the path to which --save-temps appends `.STAGE.mlir` and the like.
std::string Compilation::getTempsPrefix() {
  if (options.outputPath != "-")
    return options.outputPath;
  return llvm::sys::path::stem(options.modelPath).str();
}

/// Writes the module as text. A file has the nodes' names and lines too, so
/// that what is compiled from it says the same when it fails; on standard
/// output, for a reader, they would hide the code.
LogicalResult Compilation::printModule(ModuleOp printed, llvm::StringRef path) {
  llvm::Expected<OutputFile> file = OutputFile::create(path);
  if (!file)
    return fail(file.takeError());
  printed->print(file->os(), OpPrintingFlags().enableDebugInfo(path != "-"));
  file->os() << '\n';
  return fail(file->commit());
}

/// Runs `passes` and verifies what they made. Where we look for our own
/// mistakes it is verified after each pass; on the large graphs of users that
/// would take longer than the passes.
static LogicalResult runPasses(PassManager &passes, ModuleOp module) {
#ifdef NDEBUG
  passes.enableVerifier(false);
#endif
  if (failed(passes.run(module)))
    return failure();
  return verify(module);
}

LogicalResult Compilation::runStages(Stage target) {
  PassManager passes(&context);
  buildPipeline(passes, stage, target, options.pipeline);
  if (failed(runPasses(passes, *module)))
    return failure();
  stage = target;
  return success();
}

/// Prints what the plan comes to, once it has been made.
void Compilation::printStatisticsIfAsked() {
  if (options.statistics == CompileOptions::Statistics::None)
    return;
  PlanStatistics statistics = collectStatistics(*module);
  if (options.statistics == CompileOptions::Statistics::Json)
    printStatisticsAsJson(statistics, llvm::outs());
  else
    printStatistics(statistics, llvm::outs());
}

/// From here on `module` is at `target`, which is not before `stage`.
LogicalResult Compilation::lowerTo(Stage target) {
  if (!options.saveTemps)
    return runStages(target);
  while (true) {
    std::string name = getStageName(stage).str();
    if (failed(printModule(*module, getTempsPrefix() + "." + name + ".mlir")))
      return failure();
    if (stage == target)
      return success();
    if (failed(runStages(static_cast<Stage>(static_cast<int>(stage) + 1))))
      return failure();
  }
}

ExitStatus Compilation::printStage() {
  if (stage > *options.printedStage) {
    reportError(llvm::createStringError(
        "\"" + options.modelPath + "\" is at stage " + getStageName(stage) +
        " already, which is past " + getStageName(*options.printedStage)));
    return ExitStatus::WrongCommandLine;
  }
  if (failed(lowerTo(*options.printedStage)) ||
      failed(printModule(*module, options.outputPath)))
    return ExitStatus::WrongModel;
  printStatisticsIfAsked();
  return ExitStatus::Success;
}

/// From here on `code`, which is at stage `plan`, is at stage `codegen`.
LogicalResult Compilation::generateCodeFor(ModuleOp code,
                                           const TargetCpu &cpu) {
  PipelineOptions pipeline = options.pipeline;
  pipeline.cpu = cpu.options;
  PassManager passes(&context);
  buildPipeline(passes, Stage::Plan, Stage::Codegen, pipeline);
  if (failed(runPasses(passes, code)))
    return failure();
  if (!options.saveTemps)
    return success();
  std::string suffix = options.cpus.size() > 1 ? "." + cpu.name : "";
  return printModule(code, getTempsPrefix() + ".codegen" + suffix + ".mlir");
}

/// From here on `codes` has the code for each CPU. Up to stage `plan` it is the
/// same for all, and its weights, which attributes hold, stay the same.
LogicalResult Compilation::generateCode() {
  size_t numCpus = options.cpus.size();
  if (stage == Stage::Codegen && numCpus > 1)
    return fail(
        llvm::createStringError("\"" + options.modelPath +
                                "\" is at stage codegen already, which is "
                                "for one CPU; name one with --cpu"));
  if (stage == Stage::Codegen &&
      options.statistics != CompileOptions::Statistics::None)
    return fail(llvm::createStringError("\"" + options.modelPath +
                                        "\" is at stage codegen already: there "
                                        "is no plan left to show"));
  if (stage == Stage::Codegen) {
    codes.push_back(std::move(module));
    return success();
  }
  if (failed(lowerTo(Stage::Plan)))
    return failure();
  printStatisticsIfAsked();
  for (size_t i = 1; i < numCpus; ++i)
    codes.push_back(module->clone());
  codes.push_back(std::move(module));
  for (auto [code, cpu] : llvm::zip_equal(codes, options.cpus))
    if (failed(generateCodeFor(*code, cpu)))
      return failure();
  return success();
}

/// From here on the output files are there.
LogicalResult Compilation::emit() {
  EmitOptions emit;
  emit.kind = options.outputKind;
  emit.outputPath = options.outputPath;
  emit.id = id;
  emit.separateWeights = options.separateWeights;
  emit.sanitizeAddress = options.sanitizeAddress;
  if (options.saveTemps)
    emit.saveTempsPrefix = getTempsPrefix();
  if (hasRuntime(emit.kind)) {
    llvm::Expected<std::string> libraries = findRuntimeLibraries(programFolder);
    if (!libraries)
      return fail(libraries.takeError());
    emit.libraryFolder = std::move(*libraries);
  }
  std::vector<std::unique_ptr<llvm::TargetMachine>> machines;
  std::vector<ModelVariant> variants;
  for (auto [code, cpu] : llvm::zip_equal(codes, options.cpus)) {
    auto machine = createTargetMachine(cpu.options.triple, cpu.options.cpu,
                                       cpu.options.features);
    if (!machine)
      return fail(machine.takeError());
    variants.push_back({*code, machine->get(), cpu.name});
    machines.push_back(std::move(*machine));
  }
  return emitModel(variants, emit);
}

ExitStatus Compilation::run() {
  if (failed(readModel()))
    return ExitStatus::WrongModel;
  if (options.printedStage)
    return printStage();
  id = getId();
  if (failed(generateCode()) || failed(emit()))
    return ExitStatus::WrongModel;
  return ExitStatus::Success;
}

ExitStatus graph_compile::compile(const CompileOptions &options,
                                  llvm::StringRef programFolder) {
  auto compilation = std::make_unique<Compilation>(options, programFolder);
  ExitStatus status = compilation->run();
  // The process ends soon, and with it goes its memory: to take the IR of a
  // large model apart before would only take time.
  llvm::BuryPointer(std::move(compilation));
  return status;
}

ExitStatus graph_compile::explainOrder(const CommandLine &commandLine) {
  MLIRContext context;
  DiagnosticPrinter printer(&context, llvm::errs());
  // The answer says what there is to say about the order of the two nodes.
  ImportOptions options = commandLine.options.import;
  for (Warning warning : {Warning::Race, Warning::LostUpdate,
                          Warning::DeadControl, Warning::CapturedEffect})
    options.warnings.parse(("no-" + getWarningName(warning)).str());
  if (failed(explainOrder(context, options, commandLine.first,
                          commandLine.second, llvm::outs())))
    return ExitStatus::WrongModel;
  return ExitStatus::Success;
}
