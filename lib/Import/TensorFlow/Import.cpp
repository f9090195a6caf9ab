//===- Import.cpp - TensorFlow graphs into the graph dialect --------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Import/TensorFlow/Import.h"

#include "Attributes.h"
#include "CheckNodes.h"
#include "Config.h"
#include "Diagnose.h"
#include "DiagnoseControlFlow.h"
#include "DiagnoseIdleBodies.h"
#include "EntryPoints.h"
#include "FunctionBuilder.h"
#include "GraphFile.h"
#include "InlineCalls.h"
#include "Order.h"
#include "RaiseControlFlow.h"
#include "SavedModel.h"
#include "Types.h"
#include "Why.h"
#include "graph.pb.h"

#include "graph-compile/Support/NodeLocation.h"

#include "mlir/IR/Verifier.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

namespace {
/// Puts the node's name and op before errors that builders, shape inference and
/// verifiers report at the location of a node.
class NodePrefix : public ScopedDiagnosticHandler {
public:
  NodePrefix(MLIRContext *context, const NodeGraph &graph)
      : ScopedDiagnosticHandler(context), graph(graph) {
    setHandler([this](Diagnostic &diagnostic) { return handle(diagnostic); });
  }

private:
  LogicalResult handle(Diagnostic &diagnostic);

  const NodeGraph &graph;
  /// What this handler reports itself goes to the next one.
  bool isReporting = false;
};
} // namespace

LogicalResult NodePrefix::handle(Diagnostic &diagnostic) {
  if (isReporting || diagnostic.getSeverity() != DiagnosticSeverity::Error)
    return failure();
  std::optional<NodeIndex> node =
      graph.find(getNodeName(diagnostic.getLocation()));
  if (!node)
    return failure();
  isReporting = true;
  {
    InFlightDiagnostic error = emitError(diagnostic.getLocation());
    error << "node \"" << graph[*node].name << "\" (" << graph[*node].op
          << "): " << diagnostic.str();
    for (Diagnostic &note : diagnostic.getNotes())
      error.attachNote(note.getLocation()) << note.str();
  }
  isReporting = false;
  return success();
}

namespace {
/// Keeps diagnostics until it is known whether they are to be given.
class HeldDiagnostics {
public:
  explicit HeldDiagnostics(MLIRContext *context)
      : engine(context->getDiagEngine()),
        handler(engine.registerHandler([this](Diagnostic &diagnostic) {
          held.push_back(std::move(diagnostic));
          return success();
        })) {}
  ~HeldDiagnostics() {
    engine.eraseHandler(handler);
    for (Diagnostic &diagnostic : held)
      engine.emit(std::move(diagnostic));
  }

  void drop() { held.clear(); }

private:
  DiagnosticEngine &engine;
  DiagnosticEngine::HandlerID handler;
  std::vector<Diagnostic> held;
};
} // namespace

/// Nodes that name one variable must agree about its type.
static LogicalResult checkVariables(MLIRContext *context,
                                    const NodeGraph &graph, const NodeOps &ops,
                                    const VariableTable &variables,
                                    ArrayRef<FlowTree> flows) {
  for (const Node &node : graph.nodes) {
    std::optional<VariableIndex> variable = variables.lookup(node.index);
    bool isLive = llvm::any_of(
        flows, [&](const FlowTree &tree) { return tree.isLive(node.index); });
    if (!variable || !isLive || variables[*variable].isQueue)
      continue;
    const Node &first = graph[variables[*variable].node];
    if (!ops[first.index])
      continue;
    AttributeReader here(node, *ops[node.index]);
    AttributeReader there(first, *ops[first.index]);
    int type = here.getDataType("dtype"), wanted = there.getDataType("dtype");
    auto shape = here.getShape("shape"), wantedShape = there.getShape("shape");
    bool agree =
        type == wanted && (!shape || !wantedShape || *shape == *wantedShape);
    if (agree)
      continue;
    auto error = emitError(graph.getLocation(context, node.index))
                 << "node \"" << node.name << "\" (" << node.op
                 << "): declares variable \"" << variables[*variable].name
                 << "\" with another type or shape than node \"" << first.name
                 << "\"";
    error.attachNote(graph.getLocation(context, first.index))
        << "the other declaration";
    return error;
  }
  return success();
}

/// Adds what the options ask for to the order of one flow graph, and warns
/// about races; returns its accesses. Without `races` nothing is said about
/// them, and they stay as they are.
static FailureOr<std::vector<VariableAccess>>
orderFlow(FlowGraph &flow, const EntryPoint &entry, const Effects &effects,
          RaceFinder *races, bool autoOrder) {
  if (entry.isInitializer)
    orderInitializer(flow, effects);
  std::vector<VariableAccess> accesses = effects.findAccesses(flow);
  LogicalResult result = success();
  if (autoOrder && !entry.isInitializer)
    flow.addEdges(makeProgramOrder(flow, effects, accesses));
  if (!races)
    return accesses;
  if (!entry.isInitializer) {
    FailureOr<std::vector<FlowEdge>> tieBreaks =
        races->check(flow, accesses, &effects);
    result = tieBreaks;
    if (succeeded(tieBreaks))
      flow.addEdges(*tieBreaks);
  }
  // After the verdicts, which these edges must not change.
  flow.addEdges(makeQueryOrder(flow, effects, accesses));
  orderAssertions(flow, effects);
  if (failed(result))
    return failure();
  return accesses;
}

/// Completes the order of all flow graphs, and gives the diagnostics. What will
/// be raised is ordered, and looked at for races, after that.
static LogicalResult
orderAndDiagnose(MLIRContext *context, const NodeGraph &graph,
                 const NodeOps &ops, const VariableTable &variables,
                 ArrayRef<EntryPoint> entries, MutableArrayRef<FlowTree> flows,
                 ArrayRef<References> references, const ImportOptions &options,
                 bool isRaisedLater = false) {
  RaceFinder races(context, variables, options.warnings);
  LogicalResult result = success();
  std::vector<std::vector<VariableAccess>> accesses;
  for (auto [entry, tree, refs] : llvm::zip_equal(entries, flows, references)) {
    Effects effects(tree, &entry, ops, refs);
    for (FlowGraph &flow : tree.getFlows()) {
      auto ofFlow =
          orderFlow(flow, entry, effects, isRaisedLater ? nullptr : &races,
                    options.autoOrder);
      if (failed(ofFlow))
        result = failure();
      if (flow.getRegion() == 0)
        accesses.push_back(succeeded(ofFlow) ? std::move(*ofFlow)
                                             : effects.findAccesses(flow));
    }
  }
  std::vector<EntryAccesses> entryAccesses;
  for (auto [entry, tree, ofEntry] : llvm::zip_equal(entries, flows, accesses))
    entryAccesses.push_back({entry, tree, ofEntry});
  if (failed(checkLostUpdates(context, graph, ops, variables, entryAccesses,
                              options.warnings)))
    result = failure();
  return result;
}

/// Which variables the model has: those that some entry point uses, and those
/// that the checkpoint has, for loading and saving carry them all. An unused
/// one of a type that is not supported is left out.
static std::vector<bool> findVariables(const ModelState &model,
                                       const SavedVariables &saved,
                                       ArrayRef<FlowTree> flows) {
  std::vector<bool> isPresent(model.variables.size(), false);
  for (VariableIndex index = 0; index < model.variables.size(); ++index)
    isPresent[index] = model.variableTypes.getElementType(index) &&
                       saved.contains(model.variables[index].nameInGraph);
  for (const FlowTree &tree : flows)
    for (const FlowGraph &flow : tree.getFlows())
      for (NodeIndex node : flow.getOrder())
        if (auto variable = model.variables.lookup(node))
          isPresent[*variable] = true;
  return isPresent;
}

/// Where the graph says nothing of a variable's shape, the checkpoint knows it.
static LogicalResult addSavedTypes(ModelState &model, SavedVariables &saved,
                                   ArrayRef<FlowTree> flows) {
  std::vector<bool> isPresent = findVariables(model, saved, flows);
  for (VariableIndex index = 0; index < model.variables.size(); ++index) {
    if (!isPresent[index] || model.variableTypes.get(index))
      continue;
    FailureOr<RankedTensorType> type =
        saved.getType(model.variables[index].nameInGraph);
    if (failed(type))
      return failure();
    if (*type && model.variableTypes.getElementType(index))
      model.variableTypes.assign(index, *type);
  }
  return success();
}

/// Declares the variables, before the functions.
static LogicalResult createVariables(const ModelState &model,
                                     SavedVariables &saved,
                                     ArrayRef<FlowTree> flows,
                                     ModuleOp module) {
  OpBuilder builder(model.context);
  builder.setInsertionPointToStart(module.getBody());
  std::vector<bool> isPresent = findVariables(model, saved, flows);
  for (VariableIndex index = 0; index < model.variables.size(); ++index) {
    const Variable &variable = model.variables[index];
    // The type is unknown only where nothing reads or writes the variable.
    RankedTensorType type = model.variableTypes.get(index);
    if (!isPresent[index] || !type)
      continue;
    Location location = model.graph.getLocation(model.context, variable.node);
    FailureOr<ElementsAttr> initial = saved.read(variable.nameInGraph);
    if (failed(initial))
      return failure();
    if (*initial &&
        (initial->getElementType() != type.getElementType() ||
         failed(verifyCompatibleShape(initial->getShapedType(), type))))
      return emitError(location)
             << "expects the checkpoint to have a " << type
             << " for variable \"" << variable.name << "\", but it has a "
             << initial->getShapedType();
    graph::VariableOp::create(builder, location, variable.name, type, *initial);
  }
  model.hiddenVariables.declare(builder, model.graph);
  return success();
}

/// The shape that the graph gives a placeholder; nothing where it gives none.
static std::optional<SmallVector<int64_t>> getOwnShape(const NodeGraph &graph,
                                                       NodeIndex placeholder) {
  const proto::AttrValue *shape = findAttribute(graph[placeholder], "shape");
  return shape ? convertShape(shape->shape()) : std::nullopt;
}

/// A feed's shape replaces the graph's own, but cannot mend a graph whose own
/// shapes do not fit together, which TensorFlow does not load: where they
/// contradict each other the function is also built with the graph's, only to
/// see its errors.
static LogicalResult checkOwnShapes(const ModelState &model,
                                    const EntryPoint &entry,
                                    const FlowTree &flows,
                                    const References &references) {
  EntryPoint own = entry;
  bool contradicts = false;
  for (Feed &feed : own.feeds) {
    // What is fed within the graph stands for a shape that is not known here.
    if (!isPlaceholder(model.graph[feed.tensor.node].op))
      return success();
    auto shape = getOwnShape(model.graph, feed.tensor.node);
    if (!shape || !feed.shape)
      continue;
    contradicts |= failed(verifyCompatibleShape(*shape, *feed.shape));
    feed.shape = shape;
  }
  if (!contradicts)
    return success();
  ModelState scratch = model;
  OwningOpRef<ModuleOp> module =
      ModuleOp::create(UnknownLoc::get(model.context));
  return FunctionBuilder(scratch, own, flows, references).build(*module);
}

static LogicalResult buildFunctions(ModelState &model,
                                    ArrayRef<EntryPoint> entries,
                                    ArrayRef<FlowTree> flows,
                                    ArrayRef<References> references,
                                    ModuleOp module) {
  for (auto [entry, tree, refs] : llvm::zip_equal(entries, flows, references))
    if (failed(checkOwnShapes(model, entry, tree, refs)) ||
        failed(FunctionBuilder(model, entry, tree, refs).build(module)))
      return failure();
  return success();
}

static LogicalResult buildModule(ModelState &model, SavedVariables &saved,
                                 ArrayRef<EntryPoint> entries,
                                 ArrayRef<FlowTree> flows,
                                 ArrayRef<References> references,
                                 ModuleOp module) {
  NodePrefix prefix(model.context, model.graph);
  if (failed(addSavedTypes(model, saved, flows)))
    return failure();
  // Ends, for the types of variables only ever become wider.
  while (true) {
    ModelState attempt = model;
    LogicalResult result = success();
    {
      // What is wrong with types that are too narrow is no error of the graph.
      HeldDiagnostics diagnostics(model.context);
      result = buildFunctions(attempt, entries, flows, references, module);
      if (attempt.variableTypes.haveWidened())
        diagnostics.drop();
    }
    if (attempt.variableTypes.haveWidened()) {
      module.getBody()->clear();
      model.variableTypes = std::move(attempt.variableTypes);
      model.variableTypes.startAgain();
      continue;
    }
    if (failed(result) ||
        failed(createVariables(attempt, saved, flows, module)))
      return failure();
    return verify(module);
  }
}

/// Reads the graph, and completes the configuration by what a SavedModel says.
static FailureOr<SavedModel>
readModel(MLIRContext *context, const ImportOptions &options, Config &config) {
  if (isSavedModel(options.modelPath))
    return readSavedModel(context, options, config);
  if (!options.tags.empty())
    return emitError(FileLineColLoc::get(context, options.modelPath, 0, 0))
           << "--tags picks a graph of a SavedModel, which is a folder";
  FailureOr<GraphFile> file = readGraphFile(context, options.modelPath);
  if (failed(file))
    return failure();
  return SavedModel{std::move(*file), SavedVariables()};
}

/// Puts the functions that some entry point runs in place.
static LogicalResult inlineLiveFunctions(MLIRContext *context,
                                         const OpTable &table,
                                         const Config &config, GraphFile &file,
                                         NodeGraph &graph,
                                         std::vector<EntryPoint> &entries) {
  std::vector<NodeIndex> users;
  for (const EntryPoint &entry : entries) {
    FlowGraph flow(graph, entry);
    for (NodeIndex node : flow.getOrder())
      if (runsFunctions(graph, graph[node]))
        users.push_back(node);
  }
  if (users.empty())
    return success();
  if (failed(inlineFunctions(context, graph, users, table, file)))
    return failure();
  FailureOr<NodeGraph> inlined = buildNodeGraph(context, file);
  if (failed(inlined))
    return failure();
  graph = std::move(*inlined);
  FailureOr<std::vector<EntryPoint>> resolved =
      resolveEntryPoints(context, graph, config);
  if (failed(resolved))
    return failure();
  entries = std::move(*resolved);
  return success();
}

namespace {
/// What the importer knows about a graph.
struct Analysis {
  using NameFn = llvm::function_ref<std::string(StringRef)>;

  Analysis(const NodeGraph &graph, const OpTable &table,
           ArrayRef<EntryPoint> entries, NameFn getName)
      : graph(graph), ops(lookupOps(graph, table)), variables(graph, getName) {
    for (const EntryPoint &entry : entries)
      flows.emplace_back(graph, entry);
  }

  /// After success every node that runs fits its signature.
  LogicalResult check(MLIRContext *context, const OpTable &table,
                      ArrayRef<EntryPoint> entries, StringRef configFile);

  const NodeGraph &graph;
  NodeOps ops;
  VariableTable variables;
  std::vector<FlowTree> flows;
  std::vector<References> references;
};
} // namespace

LogicalResult Analysis::check(MLIRContext *context, const OpTable &table,
                              ArrayRef<EntryPoint> entries,
                              StringRef configFile) {
  if (failed(checkFrames(context, flows)) ||
      failed(checkNodes(context, graph, table, entries, flows, configFile)))
    return failure();
  references.reserve(flows.size());
  for (const FlowTree &tree : flows) {
    references.emplace_back(tree, ops, variables);
    if (failed(checkHandles(context, tree, ops, variables, references.back())))
      return failure();
  }
  return checkVariables(context, graph, ops, variables, flows);
}

/// Orders effects, and gives the diagnostics. TensorFlow 1's control flow
/// becomes conditionals and loops, in which order is a matter of its own:
/// updates that nothing runs are looked for before that.
static LogicalResult raiseFlat(MLIRContext *context, const OpTable &table,
                               const ImportOptions &options,
                               Analysis::NameFn getName, StringRef configFile,
                               GraphFile &file, NodeGraph &graph,
                               std::vector<EntryPoint> &entries,
                               std::unique_ptr<Analysis> &analysis,
                               bool staysFlat) {
  auto order = [&](const ImportOptions &wanted, bool isRaisedLater = false) {
    return orderAndDiagnose(context, graph, analysis->ops, analysis->variables,
                            entries, analysis->flows, analysis->references,
                            wanted, isRaisedLater);
  };
  FlatModel model = {context,
                     graph,
                     table,
                     analysis->ops,
                     entries,
                     analysis->flows,
                     analysis->references};
  if (staysFlat)
    return order(options, hasFlatControlFlow(analysis->flows));
  // Before anything adds edges that the graph does not have.
  if (failed(checkControlFlow(model, analysis->variables, options.warnings,
                              options.autoOrder)))
    return failure();
  if (!hasFlatControlFlow(analysis->flows))
    return order(options);
  if (failed(order(options, /*isRaisedLater=*/true)))
    return failure();
  FailureOr<NodeGraph> raised = raiseControlFlow(model, file, entries);
  if (failed(raised))
    return failure();
  // The old analysis looks at the old graph.
  analysis.reset();
  graph = std::move(*raised);
  analysis = std::make_unique<Analysis>(graph, table, entries, getName);
  if (failed(analysis->check(context, table, entries, configFile)))
    return failure();
  // All warnings have been given.
  ImportOptions silent = options;
  (void)silent.warnings.parse("no-race");
  (void)silent.warnings.parse("no-lost-update");
  return order(silent);
}

/// The model's name: the config's, else the file's.
static std::string getModelName(const Config &config,
                                const ImportOptions &options) {
  if (!config.modelName.empty())
    return config.modelName;
  return llvm::sys::path::stem(options.modelPath).str();
}

namespace {
/// A model whose flow graphs hold every order that there is.
struct AnalyzedModel {
  const Config &config;
  GraphFile &file;
  SavedVariables &saved;
  const OpTable &table;
  ArrayRef<EntryPoint> entries;
  const Analysis &analysis;
};
} // namespace

/// Reads and checks the model, gives the diagnostics, and hands on what it has
/// found. If the graph stays flat nothing is raised, and there are diagnostics
/// only of what no raising concerns.
static LogicalResult
analyze(MLIRContext *context, const ImportOptions &options, bool staysFlat,
        llvm::function_ref<LogicalResult(const AnalyzedModel &)> consume) {
  context->getOrLoadDialect<graph::GraphDialect>();
  FailureOr<Config> config = readConfig(context, options);
  if (failed(config))
    return failure();
  FailureOr<SavedModel> source = readModel(context, options, *config);
  if (failed(source) || failed(pickFunctions(context, options, *config)))
    return failure();
  GraphFile &file = source->file;
  OpTable table;
  registerCoreOps(table);
  registerOpFamilies(table);
  FailureOr<NodeGraph> graph = buildNodeGraph(context, file);
  if (failed(graph))
    return failure();
  FailureOr<std::vector<EntryPoint>> entries =
      resolveEntryPoints(context, *graph, *config);
  if (failed(entries) || failed(inlineLiveFunctions(context, table, *config,
                                                    file, *graph, *entries)))
    return failure();

  auto getName = [&](StringRef name) {
    return source->variables.getName(name);
  };
  auto analysis = std::make_unique<Analysis>(*graph, table, *entries, getName);
  if (failed(analysis->check(context, table, *entries, config->file)))
    return failure();
  ImportOptions wanted = options;
  bool hasLostUpdates = false;
  // The other functions of a SavedModel are no entry points by choice.
  if (!isSavedModel(options.modelPath))
    if (auto result = checkIdleUpdates(
            {context, file, *graph, table, *config, analysis->flows, getName},
            options.warnings)) {
      hasLostUpdates = failed(*result);
      (void)wanted.warnings.parse("no-lost-update");
    }
  if (failed(raiseFlat(context, table, wanted, getName, config->file, file,
                       *graph, *entries, analysis, staysFlat)) ||
      hasLostUpdates)
    return failure();

  return consume(
      {*config, file, source->variables, table, *entries, *analysis});
}

OwningOpRef<ModuleOp>
graph_compile::importTensorFlow(MLIRContext &mlirContext,
                                const ImportOptions &options) {
  MLIRContext *context = &mlirContext;
  OwningOpRef<ModuleOp> module =
      ModuleOp::create(FileLineColLoc::get(context, options.modelPath, 0, 0));
  auto build = [&](const AnalyzedModel &found) {
    const Analysis &analysis = found.analysis;
    (*module)->setAttr(
        graph::GraphDialect::getNameAttrName(),
        StringAttr::get(context, getModelName(found.config, options)));
    ModelState model = {
        context,
        analysis.graph,
        found.table,
        analysis.ops,
        analysis.variables,
        VariableTypes(context, analysis.graph, analysis.ops,
                      analysis.variables),
        ConstantReader(context, found.file),
        HiddenVariables(analysis.variables),
        Queues(context, analysis.graph, analysis.ops, analysis.variables)};
    return buildModule(model, found.saved, found.entries, analysis.flows,
                       analysis.references, *module);
  };
  if (failed(analyze(context, options, /*staysFlat=*/false, build)))
    return {};
  return module;
}

LogicalResult graph_compile::explainOrder(MLIRContext &context,
                                          const ImportOptions &options,
                                          StringRef first, StringRef second,
                                          raw_ostream &os) {
  auto explain = [&](const AnalyzedModel &found) {
    const Analysis &analysis = found.analysis;
    return tensorflow::explainOrder(
        {&context, analysis.graph, analysis.ops, analysis.variables,
         found.entries, analysis.flows, analysis.references, options.autoOrder,
         hasFlatControlFlow(analysis.flows)},
        {first, second}, os);
  };
  // The user asks about the graph's own nodes and edges.
  return analyze(&context, options, /*staysFlat=*/true, explain);
}
