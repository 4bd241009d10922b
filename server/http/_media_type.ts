/**
 * What a file is, by its extension.
 *
 * @module
 */

const extensions: Readonly<Record<string, string>> = {
  "application/atom+xml": "atom",
  "application/epub+zip": "epub",
  "application/geo+json": "geojson",
  "application/gzip": "gz",
  "application/json": "json map",
  "application/ld+json": "jsonld",
  "application/manifest+json": "webmanifest",
  "application/pdf": "pdf",
  "application/rss+xml": "rss",
  "application/toml": "toml",
  "application/vnd.apple.mpegurl": "m3u8",
  "application/wasm": "wasm",
  "application/yaml": "yaml yml",
  "application/zip": "zip",
  "audio/aac": "aac",
  "audio/flac": "flac",
  "audio/mp4": "m4a",
  "audio/mpeg": "mp3",
  "audio/ogg": "oga ogg opus",
  "audio/wav": "wav",
  "audio/webm": "weba",
  "font/collection": "ttc",
  "font/otf": "otf",
  "font/ttf": "ttf",
  "font/woff": "woff",
  "font/woff2": "woff2",
  "image/apng": "apng",
  "image/avif": "avif",
  "image/bmp": "bmp",
  "image/gif": "gif",
  "image/jpeg": "jpeg jpg",
  "image/jxl": "jxl",
  "image/png": "png",
  "image/svg+xml": "svg",
  "image/webp": "webp",
  "image/x-icon": "ico",
  "model/gltf+json": "gltf",
  "model/gltf-binary": "glb",
  "text/calendar": "ics",
  "text/css": "css",
  "text/csv": "csv",
  "text/html": "htm html",
  "text/javascript": "js mjs",
  "text/markdown": "md",
  "text/plain": "txt",
  "text/vcard": "vcf",
  "text/vtt": "vtt",
  "text/xml": "xml",
  "video/mp4": "m4v mp4",
  "video/ogg": "ogv",
  "video/quicktime": "mov",
  "video/webm": "webm",
};

const types = new Map(
  Object.entries(extensions).flatMap(([type, list]) => list.split(" ").map((extension) => [extension, type])),
);

/**
 * The media type of a file. One that nobody named is bytes, which a browser stores and does not show.
 *
 * @param more types by extension, before the usual ones
 */
export function mediaType(name: string, more: Readonly<Record<string, string>> = {}): string {
  const extension = /\.([^./]+)$/.exec(name)?.[1]?.toLowerCase() ?? "";
  const type = (Object.hasOwn(more, extension) ? more[extension] : types.get(extension)) ??
    "application/octet-stream";
  return type.startsWith("text/") && !type.includes(";") ? `${type}; charset=utf-8` : type;
}

const document = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

const picture = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; sandbox";

/**
 * The content security policy of a file that a browser opens as a document. HTML is a page of the author's own, with
 * its scripts in files of their own; SVG and other XML is shown, and runs nothing.
 */
export function filePolicy(type: string): string | undefined {
  const [essence = ""] = type.split(";");
  if (essence.trim() === "text/html") return document;
  return /[+/]xml$/.test(essence.trim()) ? picture : undefined;
}
