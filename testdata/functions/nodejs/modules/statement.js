// An import statement, but neither .mjs nor "type": "module".
import { sep } from 'path';
export const handler = async () => sep;
