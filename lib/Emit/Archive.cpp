//===- Archive.cpp - static libraries ------------------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Emit/Archive.h"

#include "llvm/Object/Archive.h"
#include "llvm/Object/ArchiveWriter.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace llvm::object;

/// Appends the members of `archive`, whose memory they refer to.
static Error appendMembers(const Archive &archive,
                           std::vector<NewArchiveMember> &members) {
  Error error = Error::success();
  for (const Archive::Child &child : archive.children(error)) {
    Expected<NewArchiveMember> member =
        NewArchiveMember::getOldMember(child, /*Deterministic=*/true);
    if (!member)
      return joinErrors(member.takeError(), std::move(error));
    members.push_back(std::move(*member));
  }
  return error;
}

Error graph_compile::writeStaticLibrary(raw_ostream &os, StringRef objectPath,
                                        StringRef name,
                                        StringRef libraryFolder) {
  std::vector<NewArchiveMember> members;
  Expected<NewArchiveMember> model =
      NewArchiveMember::getFile(objectPath, /*Deterministic=*/true);
  if (!model)
    return model.takeError();
  model->MemberName = name;
  members.push_back(std::move(*model));

  SmallString<128> path(libraryFolder);
  sys::path::append(path, "libgcrt.a");
  auto buffer = MemoryBuffer::getFile(path, /*IsText=*/false,
                                      /*RequiresNullTerminator=*/false);
  if (!buffer)
    return createStringError("cannot read \"" + path +
                             "\": " + buffer.getError().message());
  Expected<std::unique_ptr<Archive>> runtime = Archive::create(**buffer);
  if (!runtime)
    return createFileError(path, runtime.takeError());
  if (Error error = appendMembers(**runtime, members))
    return createFileError(path, std::move(error));
  return writeArchiveToStream(os, members, SymtabWritingMode::NormalSymtab,
                              Archive::K_GNU, /*Deterministic=*/true,
                              /*Thin=*/false);
}
