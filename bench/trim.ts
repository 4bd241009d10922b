/**
 * Gives back to the system what the C library's allocator keeps for later.
 *
 * @module
 */

/** Does it. @returns false where the C library is not one that can be told to */
export function trim(): boolean {
  const symbols = { malloc_trim: { parameters: ["usize"], result: "i32" } } as const;
  let library: Deno.DynamicLibrary<typeof symbols>;
  try {
    library = Deno.dlopen("libc.so.6", symbols);
  } catch {
    return false; // Deno says of each reason that it is an Error
  }
  library.symbols.malloc_trim(0n);
  library.close();
  return true;
}
