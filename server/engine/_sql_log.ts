/**
 * The log of a list: what has happened lately.
 *
 * @module
 */

/** So many changes it holds; what is older, nobody can follow any more, and the list is read anew. */
export const LOGGED = 1000;
