/**
 * Which compressed file a peer takes, as RFC 9110, section 12.5.3 has it.
 *
 * @module
 */

/** What a file beside another is called, by its coding; the smallest result first. */
export const codings = { br: ".br", zstd: ".zst", gzip: ".gz" } as const;

/** The name of a coding. */
export type Coding = keyof typeof codings;

/** What a peer takes. */
export interface Accepted {
  /** Codings that it takes at least as gladly as none, the best first. */
  readonly best: readonly Coding[];
  /** Whether it takes none at all. */
  readonly identity: boolean;
}

/** Reads an `accept-encoding` header. Parts of it that are not valid are ignored. */
export function accepted(header: string | null): Accepted {
  const qualities = new Map<string, number>();
  for (const part of (header ?? "").toLowerCase().split(",")) {
    const [name = "", ...params] = part.split(";").map((text) => text.trim());
    const quality = params.length === 0 ? 1 : readQuality(params);
    if (name !== "" && quality !== undefined) qualities.set(name, quality);
  }
  const other = qualities.get("*");
  const identity = qualities.get("identity") ?? other;
  const quality = (coding: Coding) => qualities.get(coding) ?? other ?? 0;
  const best = (Object.keys(codings) as Coding[])
    .filter((coding) => quality(coding) > 0 && quality(coding) >= (identity ?? 0))
    .sort((a, b) => quality(b) - quality(a));
  return { best, identity: identity !== 0 };
}

/** Whether somebody may have put a compressed file beside one of this type. */
export function isWorthCompressing(type: string): boolean {
  return !/^(image\/(?!svg|bmp|x-icon)|audio\/|video\/|font\/woff)/.test(type);
}

function readQuality(params: readonly string[]): number | undefined {
  const [, value] = params.length === 1 ? /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.exec(params[0]!) ?? [] : [];
  return value === undefined ? undefined : Number(value);
}
