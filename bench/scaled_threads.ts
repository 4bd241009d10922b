/**
 * The app of `scaled.tsx` for `deno serve --parallel`: each thread reads it anew.
 *
 * @module
 */

import { app } from "./scaled.tsx";

export default app;
