/** A table as the model asks for it on MySQL. */
export interface ModelTable {
  readonly name: string;
  readonly columns: readonly ModelColumn[];
  /** Index name to its columns in order; `PRIMARY` is the primary key. */
  readonly indexes: ReadonlyMap<string, { readonly columns: readonly string[]; readonly unique: boolean }>;
}

export interface ModelColumn {
  readonly name: string;
  /** As information_schema spells it. */
  readonly type: string;
  readonly nullable: boolean;
}

/** Reads our own schema.prisma: one model a block, one field a line, indexes always with a name. */
export function parsePrismaModel(schema: string): ModelTable[] {
  return [...schema.matchAll(/^model \w+ \{\n(.*?)^\}/gms)].map(([, body = '']) => parseTable(body));
}

function parseTable(body: string): ModelTable {
  const lines = body.split('\n').map((line) => line.trim());
  const fields = lines.filter((line) => /^\w/.test(line)).map(parseField);
  const columnOf = new Map(fields.map(({ field, column }) => [field, column.name]));
  const columnsIn = (list: string) => list.split(/,\s*/).map((field) => required(columnOf.get(field)));

  const indexes = new Map<string, { columns: string[]; unique: boolean }>();
  for (const { line, column } of fields) {
    if (/@id\b/.test(line)) indexes.set('PRIMARY', { columns: [column.name], unique: true });
    const unique = /@unique\(map: "(\w+)"\)/.exec(line);
    if (unique) indexes.set(required(unique[1]), { columns: [column.name], unique: true });
  }
  for (const line of lines) {
    const block = /^@@(id|unique|index)\(\[(.*?)\](?:, map: "(\w+)")?\)/.exec(line);
    if (!block) continue;
    const [, kind, list = '', name] = block;
    indexes.set(kind === 'id' ? 'PRIMARY' : required(name), {
      columns: columnsIn(list),
      unique: kind !== 'index',
    });
  }
  return {
    name: required(/@@map\("(\w+)"\)/.exec(body)?.[1]),
    columns: fields.map(({ column }) => column),
    indexes,
  };
}

function parseField(line: string): { field: string; line: string; column: ModelColumn } {
  const [, field = '', scalar = '', optional = ''] = /^(\w+)\s+(\w+)(\??)/.exec(line) ?? [];
  const native = /@db\.(\w+)(\([\d, ]+\))?/.exec(line);
  const type = native ? spelled(`${required(native[1])}${native[2] ?? ''}`) : required(PLAIN_TYPES[scalar]);
  const name = /@map\("(\w+)"\)/.exec(line)?.[1] ?? field;
  return { field, line, column: { name, type, nullable: optional === '?' } };
}

/** MariaDB adds a display width to integers. */
function spelled(native: string): string {
  return native === 'SmallInt' ? 'smallint(6)' : native.toLowerCase();
}

/** MariaDB spells JSON as the text it is, with a check. */
const PLAIN_TYPES: Record<string, string> = {
  Int: 'int(11)',
  BigInt: 'bigint(20)',
  Boolean: 'tinyint(1)',
  Json: 'longtext',
};

function required(text: string | undefined): string {
  if (text === undefined) throw new Error('schema.prisma has something this parser does not know');
  return text;
}
