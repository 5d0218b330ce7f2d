// The jobs as in `drain`, and meanwhile an HTTP server in the process of the worker.
import { startHttpClient } from '../lib/http-client.mjs';
import drain from './drain.mjs';

export default async function mixed(context) {
  const client = startHttpClient(await context.subjects[0].ask('serve'));
  const figures = await drain(context);
  return { ...figures, ...(await client.stop()) };
}
