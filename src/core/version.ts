/** The version of this program, as package.json has it (held together by a test): pure code cannot read a file. */
export const VERSION = '0.1.0';
