/**
 * How message types are written down here: `field: '<type> <number>'`, where type is a scalar, another message of the
 * table, or one of both after `repeated` (or `packed`, for scalars). The TypeScript type follows from the same text.
 */
interface ScalarTypes {
  bytes: Uint8Array;
  string: string;
  bool: boolean;
  double: number;
  float: number;
  int32: number;
  uint32: number;
  /** 64-bit integers are read as numbers: all that travel here are times, lengths and counters below 2^53. */
  int64: number;
  uint64: number;
  fixed32: number;
  sfixed32: number;
}

export type FieldSpec = `${'' | 'repeated ' | 'packed '}${string} ${number}`;
export type MessageTable = Readonly<Record<string, Readonly<Record<string, FieldSpec>>>>;

type Single<Table, Type> = Type extends keyof ScalarTypes
  ? ScalarTypes[Type]
  : Type extends keyof Table
    ? MessageOf<Table, Type>
    : never;

type FieldValue<Table, Spec> = Spec extends `repeated ${infer Type} ${number}`
  ? readonly Single<Table, Type>[]
  : Spec extends `packed ${infer Type} ${number}`
    ? readonly Single<Table, Type>[]
    : Spec extends `${infer Type} ${number}`
      ? Single<Table, Type>
      : never;

/** The value of a message: every field may be missing. Fields that are not in the table are dropped when reading. */
export type MessageOf<Table, Name extends keyof Table> = {
  readonly [Field in keyof Table[Name]]?: FieldValue<Table, Table[Name][Field]> | undefined;
};
