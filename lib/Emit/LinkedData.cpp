//===- LinkedData.cpp - large data in linked files -----------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The segment that ends with the data's byte moves to the end of the file,
// where nothing stops it from getting longer. Its address stays, so no code
// changes.
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Emit/LinkedData.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Object/ELF.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;
using namespace llvm::object;

using Elf = ELF64LE;

namespace {
/// The tables of a file, which belong to the caller and may be changed.
struct Tables {
  MutableArrayRef<Elf::Phdr> segments;
  MutableArrayRef<Elf::Shdr> sections;
  /// The symbol that stands for the data; null: there is none, or several.
  Elf::Sym *data = nullptr;
};
} // namespace

/// The tables lie in the file itself, which is ours to change.
template <typename T> static MutableArrayRef<T> makeMutable(ArrayRef<T> array) {
  return {const_cast<T *>(array.data()), array.size()};
}

/// Finds the symbol of one byte in a section of large read-only data.
static Error findDataSymbol(const ELFFile<Elf> &elf, Tables &tables) {
  for (const Elf::Shdr &table : tables.sections) {
    if (table.sh_type != ELF::SHT_SYMTAB)
      continue;
    auto symbols = elf.symbols(&table);
    if (!symbols)
      return symbols.takeError();
    for (Elf::Sym &symbol : makeMutable<Elf::Sym>(*symbols)) {
      if (symbol.getType() != ELF::STT_OBJECT || symbol.st_size != 1 ||
          symbol.st_shndx >= tables.sections.size())
        continue;
      Expected<StringRef> section =
          elf.getSectionName(tables.sections[symbol.st_shndx]);
      if (!section)
        return section.takeError();
      if (*section != ".lrodata" && !section->starts_with(".lrodata."))
        continue;
      if (tables.data)
        return createStringError("the linked file has two symbols of data");
      tables.data = &symbol;
    }
  }
  return Error::success();
}

static Expected<Tables> readTables(MutableArrayRef<char> file) {
  auto elf = ELFFile<Elf>::create(StringRef(file.data(), file.size()));
  if (!elf)
    return elf.takeError();
  auto segments = elf->program_headers();
  if (!segments)
    return segments.takeError();
  auto sections = elf->sections();
  if (!sections)
    return sections.takeError();
  Tables tables{makeMutable<Elf::Phdr>(*segments),
                makeMutable<Elf::Shdr>(*sections)};
  if (Error error = findDataSymbol(*elf, tables))
    return std::move(error);
  return tables;
}

/// Returns the segment that ends with the byte at `address` and behind which no
/// other is; null if there is no such segment.
static Elf::Phdr *findLastSegment(MutableArrayRef<Elf::Phdr> segments,
                                  uint64_t address) {
  Elf::Phdr *last = nullptr;
  for (Elf::Phdr &segment : segments)
    if (segment.p_type == ELF::PT_LOAD &&
        (!last || segment.p_vaddr > last->p_vaddr))
      last = &segment;
  if (!last || address < last->p_vaddr || last->p_filesz != last->p_memsz ||
      last->p_vaddr + last->p_memsz != address + 1)
    return nullptr;
  return last;
}

Expected<bool> graph_compile::makeRoomForData(SmallVectorImpl<char> &file,
                                              uint64_t bytes) {
  Expected<Tables> tables = readTables(file);
  if (!tables)
    return tables.takeError();
  Elf::Sym *data = tables->data;
  Elf::Phdr *segment =
      data ? findLastSegment(tables->segments, data->st_value) : nullptr;
  if (!segment)
    return false;

  // What the segment has before the data moves with it.
  uint64_t start = segment->p_vaddr;
  uint64_t numBefore = data->st_value - start;
  uint64_t page = std::max<uint64_t>(segment->p_align, 1);
  uint64_t oldOffset = segment->p_offset;
  uint64_t newOffset = alignTo(file.size(), page) + start % page;
  for (Elf::Shdr &section : tables->sections) {
    bool isInside = section.sh_addr >= start &&
                    section.sh_addr <= data->st_value &&
                    (section.sh_flags & ELF::SHF_ALLOC);
    if (isInside)
      section.sh_offset = newOffset + (section.sh_addr - start);
  }
  Elf::Shdr &section = tables->sections[data->st_shndx];
  section.sh_size = data->st_value - section.sh_addr + bytes;
  data->st_size = bytes;
  segment->p_offset = newOffset;
  segment->p_filesz = numBefore + bytes;
  segment->p_memsz = numBefore + bytes;

  // From here on the tables' places are gone.
  SmallVector<char> before(file.begin() + oldOffset,
                           file.begin() + oldOffset + numBefore);
  file.resize(newOffset);
  file.append(before.begin(), before.end());
  return true;
}
