//===- CommandLine.cpp - reads the command line of graph-compile ---------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Driver/CompileOptions.h"

#include "graph-compile/Emit/CNames.h"
#include "graph-compile/Emit/Target.h"
#include "graph-compile/Support/NearestName.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Option/Arg.h"
#include "llvm/Option/ArgList.h"
#include "llvm/Option/OptTable.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Regex.h"

using namespace llvm;
using namespace llvm::opt;
using namespace graph_compile;

namespace {
enum OptionId : unsigned {
  OPT_INVALID = 0,
#define OPTION(...) LLVM_MAKE_OPT_ID(__VA_ARGS__),
#include "Options.inc"
#undef OPTION
};

#define OPTTABLE_STR_TABLE_CODE
#include "Options.inc"
#undef OPTTABLE_STR_TABLE_CODE

#define OPTTABLE_PREFIXES_TABLE_CODE
#include "Options.inc"
#undef OPTTABLE_PREFIXES_TABLE_CODE

constexpr OptTable::Info optionInfos[] = {
#define OPTION(...) LLVM_CONSTRUCT_OPT_INFO(__VA_ARGS__),
#include "Options.inc"
#undef OPTION
};

class CompilerOptTable : public GenericOptTable {
public:
  CompilerOptTable()
      : GenericOptTable(OptionStrTable, OptionPrefixesTable, optionInfos) {
    setDashDashParsing(true);
  }
};

/// Reads the parsed arguments into CompileOptions, one concern per function.
class CommandLineReader {
public:
  CommandLineReader(const InputArgList &arguments, CommandLine &commandLine)
      : arguments(arguments), commandLine(commandLine),
        options(commandLine.options) {}

  Error read();

private:
  Error readModel();
  Error readOutputKind();
  Error readOutputPath();
  Error readName();
  Error readEntryPoint();
  Error readTarget();
  Error readWeights();
  Error readSchedule();
  Error readWarnings();
  Error readRemarks();
  Error readSanitizer();
  Error readStatistics();
  Error readQuestion();

  const InputArgList &arguments;
  CommandLine &commandLine;
  CompileOptions &options;
};
} // namespace

/// Returns `text` with `; did you mean ..?` where one of `names` is near.
static Error makeSuggestion(const Twine &text, StringRef wanted,
                            ArrayRef<StringRef> names) {
  std::string suggestion = suggestNames(wanted, names);
  return createStringError(text +
                           (suggestion.empty() ? "" : "; " + suggestion));
}

/// Returns an error if an argument is no option, or an option without its
/// value.
static Error checkArguments(const CompilerOptTable &table,
                            const InputArgList &arguments,
                            unsigned missingIndex, unsigned missingCount) {
  if (missingCount)
    return createStringError("option \"" +
                             Twine(arguments.getArgString(missingIndex)) +
                             "\" expects a value");
  for (const Arg *unknown : arguments.filtered(OPT_UNKNOWN)) {
    std::string text = unknown->getAsString(arguments);
    std::string nearest;
    // Two edits are a slip of the hand; more is another word.
    bool isNear = table.findNearest(text, nearest) <= 2;
    return createStringError(
        "unknown option \"" + text + "\"" +
        (isNear ? "; did you mean \"" + nearest + "\"?" : std::string()));
  }
  return Error::success();
}

Error CommandLineReader::readModel() {
  std::vector<std::string> models = arguments.getAllArgValues(OPT_INPUT);
  if (models.empty())
    return createStringError("no model is given");
  if (models.size() > 1)
    return createStringError("more than one model is given: \"" + models[0] +
                             "\" and \"" + models[1] + "\"");
  // A folder's name is what stands before the slash.
  StringRef path = models.front();
  while (path.size() > 1 && sys::path::is_separator(path.back()))
    path = path.drop_back();
  options.modelPath = path;
  options.import.modelPath = path;
  return Error::success();
}

Error CommandLineReader::readOutputKind() {
  const Arg *kind = arguments.getLastArg(OPT_emit, OPT_object);
  const Arg *stage = arguments.getLastArg(OPT_compile_to);
  if (kind && stage)
    return createStringError("\"" + kind->getAsString(arguments) + "\" and \"" +
                             stage->getAsString(arguments) +
                             "\" exclude each other");
  if (stage) {
    StringRef name = stage->getValue();
    options.printedStage = parseStage(name);
    if (!options.printedStage)
      return makeSuggestion("unknown stage \"" + name +
                                "\" in --compile-to; "
                                "expected import, optimize, linearize, linalg, "
                                "kernels, plan or codegen",
                            name,
                            {"import", "optimize", "linearize", "linalg",
                             "kernels", "plan", "codegen"});
  }
  if (!kind)
    return Error::success();
  if (kind->getOption().matches(OPT_object)) {
    options.outputKind = OutputKind::Object;
    return Error::success();
  }
  StringRef name = kind->getValue();
  if (name == "mlir") {
    // The model as we read it, to be compiled again.
    options.printedStage = Stage::Import;
    return Error::success();
  }
  auto known = StringSwitch<std::optional<OutputKind>>(name)
                   .Case("exe", OutputKind::Executable)
                   .Case("obj", OutputKind::Object)
                   .Case("lib", OutputKind::StaticLibrary)
                   .Case("shared", OutputKind::SharedLibrary)
                   .Case("llvm", OutputKind::LLVMIR)
                   .Case("asm", OutputKind::Assembly)
                   .Default(std::nullopt);
  if (!known)
    return createStringError("unknown kind of output \"" + name +
                             "\" in --emit; expected exe, obj, lib, shared, "
                             "mlir, llvm or asm");
  options.outputKind = *known;
  return Error::success();
}

/// Returns where the output goes when the user does not say: text to standard
/// output, all else to the working folder, named after the model.
static std::string getDefaultOutputPath(const CompileOptions &options) {
  if (options.printedStage)
    return "-";
  std::string stem = sys::path::stem(options.modelPath).str();
  switch (options.outputKind) {
  case OutputKind::Executable:
    return stem;
  case OutputKind::Object:
    return stem + ".o";
  case OutputKind::StaticLibrary:
    return stem + ".a";
  case OutputKind::SharedLibrary:
    return stem + ".so";
  case OutputKind::Assembly:
  case OutputKind::LLVMIR:
    return "-";
  }
  llvm_unreachable("all kinds are above");
}

Error CommandLineReader::readOutputPath() {
  bool isText = getDefaultOutputPath(options) == "-";
  options.outputPath =
      arguments.getLastArgValue(OPT_output, getDefaultOutputPath(options))
          .str();
  if (options.outputPath.empty())
    return createStringError("option \"-o\" expects the name of a file");
  if (options.outputPath == "-" && !isText)
    return createStringError("only text can go to standard output; name a file "
                             "with -o");
  if (!options.printedStage && hasHeader(options.outputKind) &&
      getHeaderPath(options.outputPath) == options.outputPath)
    return createStringError("\"" + options.outputPath +
                             "\" is where the header goes; give the output "
                             "another extension");
  // Nothing is written.
  if (arguments.hasArg(OPT_why))
    return Error::success();
  for (StringRef source :
       {StringRef(options.modelPath), arguments.getLastArgValue(OPT_config)})
    if (!source.empty() && sys::fs::equivalent(source, options.outputPath))
      return createStringError("the output \"" + options.outputPath +
                               "\" would replace the input \"" + source +
                               "\"; name another file with -o");
  return Error::success();
}

Error CommandLineReader::readName() {
  const Arg *name = arguments.getLastArg(OPT_name);
  if (!name)
    return Error::success();
  options.id = name->getValue();
  std::string valid = makeCName(options.id);
  if (valid != options.id)
    return createStringError("--name expects a name that C and C++ allow, but "
                             "got \"" +
                             options.id + "\"; \"" + valid + "\" would be one");
  return Error::success();
}

Error CommandLineReader::readEntryPoint() {
  ImportOptions &import = options.import;
  import.configPath = arguments.getLastArgValue(OPT_config).str();
  import.fetches = arguments.getAllArgValues(OPT_fetch);
  import.targets = arguments.getAllArgValues(OPT_target);
  for (const std::string &text : arguments.getAllArgValues(OPT_feed)) {
    std::optional<FeedFlag> feed = FeedFlag::parse(text);
    if (!feed)
      return createStringError("--feed expects NAME or NAME=DIMS, as in "
                               "x=2,-1,8, but got \"" +
                               text + "\"");
    import.feeds.push_back(std::move(*feed));
  }
  import.functions = arguments.getAllArgValues(OPT_function);
  SmallVector<StringRef> tags;
  arguments.getLastArgValue(OPT_tags).split(tags, ',', /*MaxSplit=*/-1,
                                            /*KeepEmpty=*/false);
  import.tags.assign(tags.begin(), tags.end());
  import.autoOrder = arguments.hasArg(OPT_auto_order);

  const Arg *flag = arguments.getLastArg(OPT_feed, OPT_fetch, OPT_target);
  const Arg *config = arguments.getLastArg(OPT_config);
  if (config && import.configPath.empty())
    return createStringError("option \"--config\" expects the name of a file");
  if (flag && config)
    return createStringError("\"" + flag->getSpelling() +
                             "\" and \"--config\" exclude each other: the "
                             "config lists all entry points");
  const Arg *forGraphs = arguments.getLastArg(
      OPT_feed, OPT_fetch, OPT_target, OPT_config, OPT_function, OPT_tags);
  if (options.isMlir() && forGraphs)
    return createStringError("\"" + forGraphs->getSpelling() +
                             "\" is for graphs; the entry points of an MLIR "
                             "module are its functions");
  return Error::success();
}

/// Returns what code for the CPU that the user calls `name` is made with.
static Expected<TargetCpu> resolveTargetCpu(StringRef name, StringRef triple) {
  Expected<CpuOptions> options = resolveCpu(name, triple);
  if (!options)
    return options.takeError();
  auto machine =
      createTargetMachine(options->triple, options->cpu, options->features);
  if (!machine)
    return machine.takeError();
  TargetCpu cpu;
  cpu.name = name == "native" ? options->cpu : name.str();
  cpu.options = std::move(*options);
  cpu.requiredFeatures = getRequiredCpuFeatures(**machine);
  return cpu;
}

/// Whether `a` is tried before `b`: code with wider vectors is faster, then
/// code that knows more instructions. The order on the command line decides the
/// rest.
static bool isBetter(const TargetCpu &a, const TargetCpu &b) {
  auto rank = [](const TargetCpu &cpu) {
    return std::pair(cpu.options.vectorBytes,
                     StringRef(cpu.requiredFeatures).count(','));
  };
  return rank(a) > rank(b);
}

Error CommandLineReader::readTarget() {
  if (const Arg *triple = arguments.getLastArg(OPT_target_triple))
    if (Error error = checkTargetTriple(triple->getValue()))
      return error;
  SmallVector<StringRef> names;
  arguments.getLastArgValue(OPT_cpu, "native").split(names, ',');
  for (StringRef name : names) {
    Expected<TargetCpu> cpu =
        resolveTargetCpu(name, arguments.getLastArgValue(OPT_target_triple));
    if (!cpu)
      return cpu.takeError();
    for (const TargetCpu &other : options.cpus)
      if (other.requiredFeatures == cpu->requiredFeatures)
        return createStringError("--cpu: code for \"" + name +
                                 "\" would never run, for it needs the same "
                                 "features as code for \"" +
                                 other.name + "\"");
    options.cpus.push_back(std::move(*cpu));
  }
  llvm::stable_sort(options.cpus, isBetter);
  if (options.printedStage == Stage::Codegen && options.cpus.size() > 1)
    return createStringError("--compile-to=codegen prints the code for one "
                             "CPU; name one with --cpu");
  options.pipeline.cpu = options.cpus.front().options;
  return Error::success();
}

Error CommandLineReader::readWeights() {
  StringRef place = arguments.getLastArgValue(OPT_weights, "embed");
  if (place != "embed" && place != "file")
    return createStringError("--weights expects embed or file, but got \"" +
                             place + "\"");
  options.separateWeights = place == "file";
  return Error::success();
}

Error CommandLineReader::readSchedule() {
  const Arg *schedule = arguments.getLastArg(OPT_schedule);
  if (!schedule)
    return Error::success();
  StringRef text = schedule->getValue();
  auto [name, seed] = text.split(':');
  auto policy = StringSwitch<std::optional<graph::Schedule>>(name)
                    .Case("source", graph::Schedule::Source)
                    .Case("memory", graph::Schedule::Memory)
                    .Case("shuffle", graph::Schedule::Shuffle)
                    .Default(std::nullopt);
  ScheduleOptions &result = options.pipeline.schedule;
  bool isSeeded = !seed.empty() && !seed.getAsInteger(10, result.seed);
  bool isValid = policy == graph::Schedule::Shuffle ? isSeeded : name == text;
  if (!policy || !isValid)
    return createStringError(
        "--schedule expects source, memory or shuffle:SEED "
        "with a number as SEED, but got \"" +
        text + "\"");
  result.policy = *policy;
  return Error::success();
}

Error CommandLineReader::readWarnings() {
  for (const Arg *warning : arguments.filtered(OPT_warning)) {
    StringRef flag = warning->getValue();
    if (options.import.warnings.parse(flag))
      continue;
    StringRef category = flag;
    for (StringRef prefix : {"no-error=", "error=", "no-"})
      if (category.consume_front(prefix))
        break;
    std::vector<StringRef> names;
    for (Warning known : {Warning::Race, Warning::LostUpdate,
                          Warning::DeadControl, Warning::CapturedEffect})
      names.push_back(getWarningName(known));
    names.push_back("error");
    return makeSuggestion("unknown warning category in \"-W" + flag +
                              "\"; expected " + join(names, ", "),
                          category, names);
  }
  return Error::success();
}

/// Which remarks to print. What matches no category prints nothing.
Error CommandLineReader::readRemarks() {
  for (auto [option, expression] :
       {std::pair(OPT_remarks, &options.passedRemarks),
        std::pair(OPT_missed_remarks, &options.missedRemarks)}) {
    const Arg *argument = arguments.getLastArg(option);
    if (!argument)
      continue;
    *expression = argument->getValue();
    std::string error = "it is empty";
    if (expression->empty() || !Regex(*expression).isValid(error))
      return createStringError("\"" + argument->getAsString(arguments) +
                               "\" expects a regular expression: " + error);
  }
  return Error::success();
}

Error CommandLineReader::readSanitizer() {
  const Arg *sanitizer = arguments.getLastArg(OPT_sanitize);
  if (!sanitizer)
    return Error::success();
  if (StringRef(sanitizer->getValue()) != "address")
    return createStringError("--sanitize expects address, but got \"" +
                             Twine(sanitizer->getValue()) + "\"");
  options.sanitizeAddress = true;
  // Wide enough for a vector that starts at the last element of a place.
  options.pipeline.redZone = 64;
  options.pipeline.cpu.poisonArena = true;
  for (TargetCpu &cpu : options.cpus)
    cpu.options.poisonArena = true;
  return Error::success();
}

/// --stats shows what the plan is, so there has to be one.
Error CommandLineReader::readStatistics() {
  const Arg *stats = arguments.getLastArg(OPT_stats, OPT_stats_joined);
  if (!stats)
    return Error::success();
  StringRef form =
      stats->getOption().matches(OPT_stats) ? "text" : stats->getValue();
  if (form != "text" && form != "json")
    return createStringError("--stats expects text or json, but got \"" + form +
                             "\"");
  if (options.printedStage && options.printedStage != Stage::Plan)
    return createStringError("\"--stats\" shows the plan; of the stages it "
                             "goes with --compile-to=plan only");
  if (options.outputPath == "-")
    return createStringError("\"--stats\" prints to standard output; name a "
                             "file for the code with -o");
  options.statistics = form == "json" ? CompileOptions::Statistics::Json
                                      : CompileOptions::Statistics::Text;
  options.pipeline.listPlaces = true;
  return Error::success();
}

/// What --why asks. It makes no output, so nothing may say which.
Error CommandLineReader::readQuestion() {
  const Arg *why = arguments.getLastArg(OPT_why);
  if (!why)
    return Error::success();
  const Arg *output =
      arguments.getLastArg(OPT_output, OPT_emit, OPT_object, OPT_compile_to,
                           OPT_stats, OPT_stats_joined);
  if (output)
    return createStringError("\"--why\" and \"" +
                             output->getAsString(arguments) +
                             "\" exclude each other: --why compiles nothing");
  if (options.isMlir())
    return createStringError("\"--why\" is for graphs, which have edges; in an "
                             "MLIR module tokens state the order");
  commandLine.action = CommandLine::Action::ExplainOrder;
  commandLine.first = why->getValue(0);
  commandLine.second = why->getValue(1);
  return Error::success();
}

Error CommandLineReader::read() {
  for (auto step :
       {&CommandLineReader::readModel, &CommandLineReader::readOutputKind,
        &CommandLineReader::readOutputPath, &CommandLineReader::readName,
        &CommandLineReader::readEntryPoint, &CommandLineReader::readTarget,
        &CommandLineReader::readWeights, &CommandLineReader::readSchedule,
        &CommandLineReader::readWarnings, &CommandLineReader::readRemarks,
        &CommandLineReader::readSanitizer, &CommandLineReader::readStatistics,
        &CommandLineReader::readQuestion})
    if (Error error = (this->*step)())
      return error;
  options.saveTemps = arguments.hasArg(OPT_save_temps);
  return Error::success();
}

Expected<CommandLine>
graph_compile::parseCommandLine(ArrayRef<const char *> arguments) {
  CompilerOptTable table;
  unsigned missingIndex = 0, missingCount = 0;
  InputArgList parsed = table.ParseArgs(arguments, missingIndex, missingCount);
  CommandLine result;
  if (parsed.hasArg(OPT_help)) {
    result.action = CommandLine::Action::PrintHelp;
    return result;
  }
  if (parsed.hasArg(OPT_version)) {
    result.action = CommandLine::Action::PrintVersion;
    return result;
  }
  if (parsed.hasArg(OPT_print_supported_ops)) {
    result.action = CommandLine::Action::PrintSupportedOps;
    return result;
  }
  if (Error error = checkArguments(table, parsed, missingIndex, missingCount))
    return std::move(error);
  if (Error error = CommandLineReader(parsed, result).read())
    return std::move(error);
  return result;
}

void graph_compile::printHelp(raw_ostream &os) {
  CompilerOptTable().printHelp(
      os, "graph-compile MODEL [-o OUT] [OPTIONS]",
      "Compiles a machine-learning graph to native code.\n\n"
      "MODEL is a TensorFlow GraphDef (.pb, .pbtxt) or a module of our own "
      "dialects (.mlir).\nExit status: 0; 1 when something is wrong with the "
      "model or its config; 2 for a wrong command line.");
}
