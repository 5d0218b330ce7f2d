// Has import() take the types out of TypeScript: `node --import register.mjs`.
import { register } from 'node:module';

register('./hooks.mjs', import.meta.url);
