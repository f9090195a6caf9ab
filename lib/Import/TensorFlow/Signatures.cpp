//===- Signatures.cpp - the entry points of a SavedModel ------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Signatures.h"

#include "Attributes.h"
#include "Types.h"
#include "saved_model.pb.h"

#include "graph-compile/Import/TensorFlow/Import.h"
#include "graph-compile/Support/NodeLocation.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Location.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

/// Signatures that name what TensorFlow itself runs.
static constexpr StringRef kInitSignature = "__saved_model_init_op";
static constexpr StringRef kTrainSignature = "__saved_model_train_op";
/// The same in collections, as TF 1 has it.
static constexpr StringRef kInitCollections[] = {"saved_model_main_op",
                                                 "legacy_init_op"};

namespace {
/// Turns what a SavedModel says of entry points into a configuration.
class SignatureReader {
public:
  SignatureReader(MLIRContext *context, const ImportOptions &options,
                  const proto::MetaGraphDef &metaGraph, const GraphFile &file);

  LogicalResult addFunctions(Config &config);
  LogicalResult addInitializers(Config &config);
  /// Refuses an entry point that needs what is not in the graph.
  LogicalResult checkReached(const FunctionConfig &function,
                             const Twine &place);

private:
  InFlightDiagnostic error() {
    return emitError(FileLineColLoc::get(context, file.path, 0, 0));
  }
  Location getLocation(const proto::NodeDef &node);
  const proto::NodeDef *findNode(StringRef tensor) const;

  FailureOr<FunctionConfig> convert(StringRef name,
                                    const proto::SignatureDef &signature);
  FailureOr<TensorConfig> convertTensor(const Twine &place, StringRef key,
                                        const proto::TensorInfo &tensor);
  LogicalResult checkFeed(const Twine &place, const proto::TensorInfo &tensor);
  std::optional<std::string> findCall(StringRef signature) const;
  LogicalResult checkNode(const proto::NodeDef &node, const Twine &place);

  MLIRContext *context;
  const ImportOptions &options;
  const proto::MetaGraphDef &metaGraph;
  const GraphFile &file;
  llvm::StringMap<const proto::NodeDef *> nodes;
  /// Files by the nodes that have their names.
  llvm::StringMap<std::string> assets;
};
} // namespace

/// The node of `node:0`, `^node` and `node`.
static StringRef getNodeOfTensor(StringRef tensor) {
  tensor.consume_front("^");
  return tensor.split(':').first;
}

SignatureReader::SignatureReader(MLIRContext *context,
                                 const ImportOptions &options,
                                 const proto::MetaGraphDef &metaGraph,
                                 const GraphFile &file)
    : context(context), options(options), metaGraph(metaGraph), file(file) {
  for (const proto::NodeDef &node : file.graph->node())
    nodes.try_emplace(node.name(), &node);
  for (const proto::AssetFileDef &asset : metaGraph.asset_file_def())
    assets[getNodeOfTensor(asset.tensor_info().name())] = asset.filename();
}

const proto::NodeDef *SignatureReader::findNode(StringRef tensor) const {
  return nodes.lookup(getNodeOfTensor(tensor));
}

Location SignatureReader::getLocation(const proto::NodeDef &node) {
  // The lines are found by the nodes' places in the graph.
  const auto &all = file.graph->node();
  auto found = llvm::find_if(
      all, [&](const proto::NodeDef &other) { return &other == &node; });
  size_t index = std::distance(all.begin(), found);
  unsigned line = index < file.lines.size() ? file.lines[index] : 0;
  return makeNodeLocation(context, file.path, line, node.name());
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

/// The entries of a map, by name: protobuf's maps have no order.
template <typename Message>
static auto sortMap(const google::protobuf::Map<std::string, Message> &map) {
  std::vector<std::pair<StringRef, const Message *>> entries;
  for (const auto &entry : map)
    entries.emplace_back(entry.first, &entry.second);
  llvm::sort(entries, llvm::less_first());
  return entries;
}

FailureOr<TensorConfig>
SignatureReader::convertTensor(const Twine &place, StringRef key,
                               const proto::TensorInfo &tensor) {
  if (tensor.has_coo_sparse() || tensor.has_composite_tensor())
    return error() << place << " is a "
                   << (tensor.has_coo_sparse() ? "sparse" : "composite")
                   << " tensor, which is not supported; give the signature"
                      " dense tensors";
  TensorConfig config;
  config.tensor = tensor.name();
  config.name = key.str();
  if (!tensor.has_tensor_shape() || tensor.tensor_shape().unknown_rank())
    return config;
  config.shape.emplace();
  for (const auto &dim : tensor.tensor_shape().dim())
    config.shape->push_back(std::max<int64_t>(dim.size(), -1));
  return config;
}

/// A placeholder's type is the graph's: a signature cannot give it another one.
LogicalResult SignatureReader::checkFeed(const Twine &place,
                                         const proto::TensorInfo &tensor) {
  const proto::NodeDef *node = findNode(tensor.name());
  if (!node || !StringRef(node->op()).starts_with("Placeholder"))
    return success();
  auto type = node->attr().find("dtype");
  if (type == node->attr().end() || type->second.type() == tensor.dtype())
    return success();
  return error() << place << " is " << getDataTypeName(tensor.dtype())
                 << ", but node \"" << node->name() << "\" is "
                 << getDataTypeName(type->second.type());
}

/// Returns the node that calls the function of a signature. Without outputs
/// only the objects of the TF 2 program tell which one that is.
std::optional<std::string> SignatureReader::findCall(StringRef name) const {
  const auto &objects = metaGraph.object_graph_def().nodes();
  auto findChild = [&](int object, StringRef wanted) {
    if (object < 0 || object >= objects.size())
      return -1;
    for (const proto::ObjectReference &child : objects[object].children())
      if (child.local_name() == wanted)
        return int(child.node_id());
    return -1;
  };
  int object = findChild(findChild(/*object=*/0, "signatures"), name);
  if (object < 0 || object >= objects.size())
    return std::nullopt;
  StringRef function =
      objects[object].bare_concrete_function().concrete_function_name();
  if (objects[object].function().concrete_functions_size() == 1)
    function = objects[object].function().concrete_functions(0);
  for (const proto::NodeDef &node : file.graph->node()) {
    auto callee = node.attr().find("f");
    if (!function.empty() && callee != node.attr().end() &&
        callee->second.func().name() == function)
      return node.name();
  }
  return std::nullopt;
}

FailureOr<FunctionConfig>
SignatureReader::convert(StringRef name, const proto::SignatureDef &signature) {
  FunctionConfig function;
  function.name = name.str();
  std::string place = ("signature \"" + name + "\": ").str();
  for (auto [key, tensor] : sortMap(signature.inputs())) {
    std::string input = (place + "input \"" + key + "\"").str();
    FailureOr<TensorConfig> config = convertTensor(input, key, *tensor);
    if (failed(config) || failed(checkFeed(input, *tensor)))
      return failure();
    function.feeds.push_back(std::move(*config));
  }
  for (auto [key, tensor] : sortMap(signature.outputs())) {
    FailureOr<TensorConfig> config =
        convertTensor(Twine(place) + "output \"" + key + "\"", key, *tensor);
    if (failed(config))
      return failure();
    config->shape.reset(); // what it is follows from the graph
    function.fetches.push_back(std::move(*config));
  }
  if (function.fetches.empty()) {
    std::optional<std::string> call = findCall(name);
    if (!call)
      return error() << place << "it has no outputs, and no object of the"
                     << " model says what it runs";
    function.targets.push_back(*call);
  }
  return function;
}

LogicalResult SignatureReader::addFunctions(Config &config) {
  if (!config.functions.empty())
    return success();
  auto signatures = sortMap(metaGraph.signature_def());
  llvm::erase_if(signatures, [](const auto &signature) {
    return signature.first == kInitSignature ||
           signature.first == kTrainSignature;
  });
  if (signatures.empty())
    return error() << "the model has no signatures: save it with signatures=,"
                      " or name its entry points with --config FILE.json";
  std::vector<StringRef> names;
  names.reserve(signatures.size());
  for (const auto &signature : signatures)
    names.push_back(signature.first);
  if (failed(checkPickedFunctions(context, options, file.path, names)))
    return failure();
  for (auto [name, signature] : signatures) {
    if (!isPicked(options, name))
      continue;
    FailureOr<FunctionConfig> function = convert(name, *signature);
    if (failed(function))
      return failure();
    config.functions.push_back(std::move(*function));
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Initializers
//===----------------------------------------------------------------------===//

/// The nodes that run when the model is loaded. The signature is what TF 2
/// writes; it has the collections as well.
static SmallVector<std::string>
findInitializers(const proto::MetaGraphDef &metaGraph) {
  auto signature = metaGraph.signature_def().find(kInitSignature.str());
  if (signature != metaGraph.signature_def().end()) {
    auto output = signature->second.outputs().find(kInitSignature.str());
    if (output != signature->second.outputs().end())
      return {output->second.name()};
  }
  for (StringRef collection : kInitCollections) {
    auto found = metaGraph.collection_def().find(collection.str());
    if (found == metaGraph.collection_def().end() ||
        found->second.node_list().value_size() == 0)
      continue;
    const auto &names = found->second.node_list().value();
    return SmallVector<std::string>(names.begin(), names.end());
  }
  return {};
}

LogicalResult SignatureReader::addInitializers(Config &config) {
  if (!config.initializers.empty())
    return success();
  for (const std::string &name : findInitializers(metaGraph)) {
    const proto::NodeDef *node = findNode(name);
    bool isNothing = node && node->op() == "NoOp" && node->input_size() == 0;
    if (isNothing)
      continue;
    FunctionConfig function;
    function.targets.push_back(getNodeOfTensor(name).str());
    if (failed(checkReached(function, "the model's initializer")))
      return failure();
    config.initializers.push_back(function.targets.front());
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Assets and tables
//===----------------------------------------------------------------------===//

static bool isTable(StringRef op) {
  return op.contains("HashTable") || op.starts_with("LookupTable") ||
         op.starts_with("InitializeTable");
}

LogicalResult SignatureReader::checkNode(const proto::NodeDef &node,
                                         const Twine &place) {
  if (isTable(node.op()))
    return emitError(getLocation(node))
           << "node \"" << node.name() << "\" (" << node.op() << "): " << place
           << " uses this lookup table, which is not supported; look up outside"
              " of the model and feed the numbers";
  auto asset = assets.find(node.name());
  if (asset != assets.end())
    return emitError(getLocation(node))
           << "node \"" << node.name() << "\" (" << node.op() << "): " << place
           << " uses the asset \"" << asset->second
           << "\"; assets are not supported, for a compiled model reads no"
              " files";
  return success();
}

LogicalResult SignatureReader::checkReached(const FunctionConfig &function,
                                            const Twine &place) {
  std::string placeText = place.str();
  llvm::StringSet<> fed;
  for (const TensorConfig &feed : function.feeds)
    fed.insert(getNodeOfTensor(feed.tensor));
  SmallVector<const proto::NodeDef *> pending;
  llvm::DenseSet<const proto::NodeDef *> seen;
  auto visit = [&](StringRef tensor) {
    const proto::NodeDef *node = findNode(tensor);
    if (node && !fed.contains(node->name()) && seen.insert(node).second)
      pending.push_back(node);
  };
  for (const TensorConfig &fetch : function.fetches)
    visit(fetch.tensor);
  for (const std::string &target : function.targets)
    visit(target);
  while (!pending.empty()) {
    const proto::NodeDef *node = pending.pop_back_val();
    if (failed(checkNode(*node, placeText)))
      return failure();
    for (const std::string &input : node->input())
      visit(input);
  }
  return success();
}

LogicalResult tensorflow::addSignatures(MLIRContext *context,
                                        const ImportOptions &options,
                                        const proto::MetaGraphDef &metaGraph,
                                        const GraphFile &file, Config &config) {
  SignatureReader reader(context, options, metaGraph, file);
  if (config.functions.empty())
    config.file = file.path;
  if (failed(reader.addFunctions(config)) ||
      failed(reader.addInitializers(config)))
    return failure();
  for (const FunctionConfig &function : config.functions)
    if (failed(reader.checkReached(function,
                                   "function \"" + function.name + "\"")))
      return failure();
  return success();
}
