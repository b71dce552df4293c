import { readFile } from 'node:fs/promises';
import dep from 'dep';

// Top-level await.
const text = JSON.parse(await readFile(new URL('./package.json', import.meta.url), 'utf8')).description;

export const handler = async (event) => ({ text, dep, event });
export default { byDefault: async () => 'default' };
