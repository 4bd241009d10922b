/**
 * Unpacks the browser of `@sparticuz/chromium` into the temporary directory; `package.ts` runs it.
 *
 * @module
 */

import chromium from "@sparticuz/chromium";

await chromium.executablePath();
