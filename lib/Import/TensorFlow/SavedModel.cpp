//===- SavedModel.cpp - reading a SavedModel folder -----------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SavedModel.h"

#include "ModelFile.h"
#include "ProtobufFields.h"
#include "Signatures.h"
#include "saved_model.pb.h"

#include "graph-compile/Import/TensorFlow/Import.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Location.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

/// What errors call a file.
static constexpr StringRef kKind = "SavedModel";

//===----------------------------------------------------------------------===//
// The folder
//===----------------------------------------------------------------------===//

static bool isFileOfSavedModel(StringRef path) {
  StringRef name = llvm::sys::path::filename(path);
  return name == "saved_model.pb" || name == "saved_model.pbtxt";
}

bool tensorflow::isSavedModel(StringRef path) {
  return llvm::sys::fs::is_directory(path) || isFileOfSavedModel(path);
}

/// Returns the path of a file in a folder of the model.
static std::string getPath(StringRef folder, const Twine &name) {
  SmallString<128> path(folder);
  llvm::sys::path::append(path, name);
  return std::string(path);
}

/// Returns the file with the graphs.
static FailureOr<std::string> findGraphs(MLIRContext *context,
                                         StringRef model) {
  if (isFileOfSavedModel(model))
    return model.str();
  for (StringRef name : {"saved_model.pb", "saved_model.pbtxt"})
    if (std::string path = getPath(model, name); llvm::sys::fs::exists(path))
      return path;
  Location location = FileLineColLoc::get(context, model, 0, 0);
  if (llvm::sys::fs::exists(getPath(model, "saved_model.cpb")))
    return emitError(location)
           << "the graph is cut into chunks (saved_model.cpb), which is not"
              " supported; save the model without experimental_image_format";
  return emitError(location)
         << "not a SavedModel: the folder has no file saved_model.pb or"
            " saved_model.pbtxt";
}

//===----------------------------------------------------------------------===//
// Graphs by tags
//===----------------------------------------------------------------------===//

namespace {
/// One graph of a SavedModel and all that belongs to it.
struct MetaGraph {
  /// Without the graph itself.
  proto::MetaGraphDef description;
  /// The graph of a binary file.
  StringRef graph;
  /// The graph of a text: where its fields stand.
  const google::protobuf::TextFormat::ParseInfoTree *places = nullptr;
};
} // namespace

static LogicalResult reportBinary(MLIRContext *context, StringRef path) {
  return emitError(FileLineColLoc::get(context, path, 0, 0))
         << "not a SavedModel: the file is truncated or no binary protobuf"
            " message";
}

/// Parses all but the graph, which may be large.
static bool parseMetaGraph(StringRef bytes, MetaGraph &metaGraph) {
  std::string rest;
  Field field;
  while (!bytes.empty()) {
    if (!takeField(bytes, field))
      return false;
    if (field.isMessage(proto::MetaGraphDef::kGraphDefFieldNumber))
      metaGraph.graph = field.payload;
    else
      rest.append(field.encoded.data(), field.encoded.size());
  }
  return parseMessage(StringRef(rest), metaGraph.description);
}

static FailureOr<std::vector<MetaGraph>>
parseBinarySavedModel(MLIRContext *context, StringRef path, StringRef bytes) {
  std::vector<MetaGraph> metaGraphs;
  Field field;
  while (!bytes.empty()) {
    if (!takeField(bytes, field))
      return reportBinary(context, path);
    if (field.isMessage(proto::SavedModel::kMetaGraphsFieldNumber) &&
        !parseMetaGraph(field.payload, metaGraphs.emplace_back()))
      return reportBinary(context, path);
  }
  return metaGraphs;
}

static std::vector<MetaGraph>
takeMetaGraphs(proto::SavedModel &model,
               const google::protobuf::TextFormat::ParseInfoTree &places) {
  const auto *metaGraphField =
      proto::SavedModel::descriptor()->FindFieldByName("meta_graphs");
  const auto *graphField =
      proto::MetaGraphDef::descriptor()->FindFieldByName("graph_def");
  std::vector<MetaGraph> metaGraphs(model.meta_graphs_size());
  for (auto [index, metaGraph] : llvm::enumerate(metaGraphs)) {
    metaGraph.description.Swap(model.mutable_meta_graphs(index));
    if (const auto *tree = places.GetTreeForNested(metaGraphField, index))
      metaGraph.places = tree->GetTreeForNested(graphField, -1);
  }
  return metaGraphs;
}

/// The tags as users write them.
static std::string joinTags(const proto::MetaGraphDef &metaGraph) {
  const auto &tags = metaGraph.meta_info_def().tags();
  return llvm::join(tags.begin(), tags.end(), ",");
}

static bool hasTags(const MetaGraph &metaGraph, ArrayRef<std::string> wanted) {
  const auto &tags = metaGraph.description.meta_info_def().tags();
  auto isIn = [](const auto &all) {
    return
        [&all](const std::string &tag) { return llvm::is_contained(all, tag); };
  };
  return llvm::all_of(wanted, isIn(tags)) && llvm::all_of(tags, isIn(wanted));
}

/// Returns the graph that has exactly the tags: those of the options, else
/// `serve`, else whatever the only one has.
static FailureOr<MetaGraph *>
findMetaGraph(MLIRContext *context, StringRef path,
              MutableArrayRef<MetaGraph> metaGraphs,
              const ImportOptions &options) {
  Location location = FileLineColLoc::get(context, path, 0, 0);
  if (metaGraphs.empty())
    return emitError(location) << "not a SavedModel: it has no graphs";
  std::vector<std::string> wanted = options.tags;
  if (wanted.empty())
    wanted.push_back("serve");
  for (MetaGraph &metaGraph : metaGraphs)
    if (hasTags(metaGraph, wanted))
      return &metaGraph;
  if (metaGraphs.size() == 1 && options.tags.empty())
    return &metaGraphs.front();
  InFlightDiagnostic error = emitError(location)
                             << "no graph of the SavedModel has the tags \""
                             << llvm::join(wanted, ",") << '"';
  for (const MetaGraph &metaGraph : metaGraphs)
    error.attachNote(location)
        << "one has --tags=" << joinTags(metaGraph.description);
  return error;
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

/// Opens the checkpoint if there is one, or must be one.
static FailureOr<SavedVariables>
openVariables(MLIRContext *context, StringRef folder, SavedTensors tensors) {
  std::string prefix = getPath(getPath(folder, "variables"), "variables");
  if (tensors.empty() && !llvm::sys::fs::exists(prefix + ".index"))
    return SavedVariables();
  return SavedVariables::open(context, prefix, std::move(tensors));
}

/// From here on the SavedModel is a graph, entry points and variables.
static FailureOr<SavedModel> convert(MLIRContext *context,
                                     const ImportOptions &options,
                                     const proto::MetaGraphDef &description,
                                     GraphFile file, Config &config) {
  StringRef folder = isFileOfSavedModel(options.modelPath)
                         ? llvm::sys::path::parent_path(options.modelPath)
                         : StringRef(options.modelPath);
  if (file.graph->node_size() == 0)
    return emitError(FileLineColLoc::get(context, file.path, 0, 0))
           << "the graph has no nodes";
  if (failed(addSignatures(context, options, description, file, config)))
    return failure();
  FailureOr<SavedVariables> variables = openVariables(
      context, folder,
      findSavedTensors(*file.graph, description.saver_def().restore_op_name()));
  if (failed(variables))
    return failure();
  return SavedModel{std::move(file), std::move(*variables)};
}

FailureOr<SavedModel> tensorflow::readSavedModel(MLIRContext *context,
                                                 const ImportOptions &options,
                                                 Config &config) {
  FailureOr<std::string> path = findGraphs(context, options.modelPath);
  if (failed(path))
    return failure();
  auto buffer = openModelFile(context, *path, kKind);
  if (failed(buffer))
    return failure();

  proto::SavedModel model;
  google::protobuf::TextFormat::ParseInfoTree places;
  FailureOr<std::vector<MetaGraph>> metaGraphs;
  StringRef contents = (*buffer)->getBuffer();
  if (!isTextFile(*path))
    metaGraphs = parseBinarySavedModel(context, *path, contents);
  else if (succeeded(parseTextMessage(context, *path, kKind, contents, model,
                                      places)))
    metaGraphs = takeMetaGraphs(model, places);
  if (failed(metaGraphs))
    return failure();

  FailureOr<MetaGraph *> metaGraph =
      findMetaGraph(context, *path, *metaGraphs, options);
  if (failed(metaGraph))
    return failure();
  proto::MetaGraphDef &description = (*metaGraph)->description;
  FailureOr<GraphFile> file =
      isTextFile(*path)
          ? makeTextGraphFile(*path, *description.mutable_graph_def(),
                              (*metaGraph)->places)
          : makeBinaryGraphFile(context, *path, kKind, std::move(*buffer),
                                (*metaGraph)->graph);
  if (failed(file))
    return failure();
  return convert(context, options, description, std::move(*file), config);
}
