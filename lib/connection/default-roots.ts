/**
 * Whom Node trusts where no `ca` is given, as one PEM text.
 */
import { readFileSync } from 'node:fs';
import * as tls from 'node:tls';
import { NotNative } from './result';

/** Node 22.15 and later can say it itself, whatever its flags. */
const { getCACertificates } = tls as { getCACertificates?: (type: 'default') => string[] };

let joined: { certificates: readonly string[]; text: string } | undefined;
let extra: string | undefined;

export function defaultRoots(): string {
  const certificates = getCACertificates ? getCACertificates('default') : bundled();
  // Node hands out one frozen array, until its roots change.
  if (joined?.certificates !== certificates) joined = { certificates, text: certificates.join('\n') };
  return getCACertificates ? joined.text : `${joined.text}\n${extraRoots()}`;
}

function bundled(): readonly string[] {
  const flags = `${process.execArgv.join(' ')} ${process.env.NODE_OPTIONS ?? ''}`;
  if (/--use-(openssl|system)-ca\b/.test(flags)) {
    throw new NotNative('Node.js trusts the certificates of OpenSSL or of the system (--use-openssl-ca)');
  }
  return tls.rootCertificates;
}

/** As Node does: read once, and passed over when it can't be. */
function extraRoots(): string {
  const file = process.env.NODE_EXTRA_CA_CERTS;
  if (extra === undefined) {
    try {
      extra = file ? readFileSync(file, 'utf8') : '';
    } catch {
      extra = '';
    }
  }
  return extra;
}
