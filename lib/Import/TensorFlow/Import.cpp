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
#include "EntryPoints.h"
#include "FunctionBuilder.h"
#include "GraphFile.h"
#include "InlineCalls.h"
#include "Order.h"
#include "SavedModel.h"
#include "Types.h"
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

/// Nodes that name one variable must agree about its type.
static LogicalResult checkVariables(MLIRContext *context,
                                    const NodeGraph &graph, const NodeOps &ops,
                                    const VariableTable &variables,
                                    ArrayRef<FlowGraph> flows) {
  for (const Node &node : graph.nodes) {
    std::optional<VariableIndex> variable = variables.lookup(node.index);
    bool isLive = llvm::any_of(
        flows, [&](const FlowGraph &flow) { return flow.isLive(node.index); });
    if (!variable || !isLive)
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

/// Adds what the options ask for to the order, and gives the diagnostics.
static LogicalResult
orderAndDiagnose(MLIRContext *context, const NodeGraph &graph,
                 const NodeOps &ops, const VariableTable &variables,
                 ArrayRef<EntryPoint> entries, MutableArrayRef<FlowGraph> flows,
                 ArrayRef<References> references,
                 const ImportOptions &options) {
  RaceFinder races(context, variables, options.warnings);
  LogicalResult result = success();
  std::vector<std::vector<VariableAccess>> accesses;
  for (auto [entry, flow, refs] : llvm::zip_equal(entries, flows, references)) {
    if (entry.isInitializer)
      orderInitializer(flow, entry, ops, refs);
    accesses.push_back(findAccesses(flow, &entry, ops, refs));
    if (!entry.isInitializer) {
      if (options.autoOrder)
        flow.addEdges(makeProgramOrder(flow, ops, accesses.back()));
      FailureOr<std::vector<FlowEdge>> tieBreaks =
          races.check(flow, accesses.back());
      if (failed(tieBreaks))
        result = failure();
      else
        flow.addEdges(*tieBreaks);
    }
    // After the verdicts, which these edges must not change.
    flow.addEdges(makeQueryOrder(flow, refs, accesses.back()));
  }
  std::vector<EntryAccesses> entryAccesses;
  for (auto [entry, flow, ofEntry] : llvm::zip_equal(entries, flows, accesses))
    entryAccesses.push_back({entry, flow, ofEntry});
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
                                       ArrayRef<FlowGraph> flows) {
  std::vector<bool> isPresent(model.variables.size(), false);
  for (VariableIndex index = 0; index < model.variables.size(); ++index)
    isPresent[index] = model.variableTypes.getElementType(index) &&
                       saved.contains(model.variables[index].nameInGraph);
  for (const FlowGraph &flow : flows)
    for (NodeIndex node : flow.getOrder())
      if (std::optional<VariableIndex> variable = model.variables.lookup(node))
        isPresent[*variable] = true;
  return isPresent;
}

/// Where the graph leaves a variable's shape open, the checkpoint knows it.
static LogicalResult addSavedTypes(ModelState &model, SavedVariables &saved,
                                   ArrayRef<FlowGraph> flows) {
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
                                     ArrayRef<FlowGraph> flows,
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
    if (*initial && initial->getShapedType() != type)
      return emitError(location)
             << "expects the checkpoint to have a " << type
             << " for variable \"" << variable.name << "\", but it has a "
             << initial->getShapedType();
    graph::VariableOp::create(builder, location, variable.name, type, *initial);
  }
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
                                    const FlowGraph &flow,
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
  return FunctionBuilder(scratch, own, flow, references).build(*module);
}

static LogicalResult buildModule(ModelState &model, SavedVariables &saved,
                                 ArrayRef<EntryPoint> entries,
                                 ArrayRef<FlowGraph> flows,
                                 ArrayRef<References> references,
                                 ModuleOp module) {
  NodePrefix prefix(model.context, model.graph);
  if (failed(addSavedTypes(model, saved, flows)))
    return failure();
  for (auto [entry, flow, refs] : llvm::zip_equal(entries, flows, references))
    if (failed(checkOwnShapes(model, entry, flow, refs)) ||
        failed(FunctionBuilder(model, entry, flow, refs).build(module)))
      return failure();
  if (failed(createVariables(model, saved, flows, module)))
    return failure();
  return verify(module);
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

/// Replaces the calls that some entry point runs by the nodes of their
/// functions.
static LogicalResult inlineLiveCalls(MLIRContext *context, const OpTable &table,
                                     const Config &config, GraphFile &file,
                                     NodeGraph &graph,
                                     std::vector<EntryPoint> &entries) {
  std::vector<NodeIndex> calls;
  for (const EntryPoint &entry : entries) {
    FlowGraph flow(graph, entry);
    for (NodeIndex node : flow.getOrder())
      if (isCall(graph, graph[node]))
        calls.push_back(node);
  }
  if (calls.empty())
    return success();
  if (failed(inlineCalls(context, graph, calls, table, file)))
    return failure();
  FailureOr<NodeGraph> inlined = buildNodeGraph(context, file);
  if (failed(inlined) || failed(checkCycles(context, *inlined)))
    return failure();
  graph = std::move(*inlined);
  FailureOr<std::vector<EntryPoint>> resolved =
      resolveEntryPoints(context, graph, config);
  if (failed(resolved))
    return failure();
  entries = std::move(*resolved);
  return success();
}

/// The model's name: the config's, else the file's.
static std::string getModelName(const Config &config,
                                const ImportOptions &options) {
  if (!config.modelName.empty())
    return config.modelName;
  return llvm::sys::path::stem(options.modelPath).str();
}

OwningOpRef<ModuleOp>
graph_compile::importTensorFlow(MLIRContext &mlirContext,
                                const ImportOptions &options) {
  MLIRContext *context = &mlirContext;
  context->getOrLoadDialect<graph::GraphDialect>();

  FailureOr<Config> config = readConfig(context, options);
  if (failed(config))
    return {};
  FailureOr<SavedModel> source = readModel(context, options, *config);
  if (failed(source) || failed(pickFunctions(context, options, *config)))
    return {};
  GraphFile &file = source->file;
  OpTable table;
  registerCoreOps(table);
  registerOpFamilies(table);
  FailureOr<NodeGraph> graph = buildNodeGraph(context, file);
  if (failed(graph) || failed(checkCycles(context, *graph)))
    return {};
  FailureOr<std::vector<EntryPoint>> entries =
      resolveEntryPoints(context, *graph, *config);
  if (failed(entries) ||
      failed(inlineLiveCalls(context, table, *config, file, *graph, *entries)))
    return {};

  std::vector<FlowGraph> flows;
  for (const EntryPoint &entry : *entries)
    flows.emplace_back(*graph, entry);
  if (failed(checkFrames(context, flows)) ||
      failed(checkNodes(context, *graph, table, *entries, flows, config->file)))
    return {};

  // From here on every node that runs fits its signature.
  NodeOps ops = lookupOps(*graph, table);
  VariableTable variables(
      *graph, [&](StringRef name) { return source->variables.getName(name); });
  std::vector<References> references;
  references.reserve(flows.size());
  for (const FlowGraph &flow : flows)
    references.emplace_back(flow, ops, variables);
  if (failed(checkVariables(context, *graph, ops, variables, flows)) ||
      failed(orderAndDiagnose(context, *graph, ops, variables, *entries, flows,
                              references, options)))
    return {};

  // From here on the flow graphs hold every order that there is.
  OwningOpRef<ModuleOp> module =
      ModuleOp::create(FileLineColLoc::get(context, options.modelPath, 0, 0));
  (*module)->setAttr(graph::GraphDialect::getNameAttrName(),
                     StringAttr::get(context, getModelName(*config, options)));
  ModelState model = {context,
                      *graph,
                      table,
                      ops,
                      variables,
                      VariableTypes(context, *graph, ops, variables),
                      ConstantReader(context, file)};
  if (failed(buildModule(model, source->variables, *entries, flows, references,
                         *module)))
    return {};
  return module;
}
