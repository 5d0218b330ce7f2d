// Throw-away certificates by the openssl command line: two authorities, servers, a client.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Certified {
  /** PEM */
  cert: string;
  key: string;
  certFile: string;
  keyFile: string;
}

export class Certificates {
  readonly folder = mkdtempSync(join(tmpdir(), 'aurochs-tls-'));
  readonly ca = this.authority('ca');
  /** Whom nobody asked for. */
  readonly stranger = this.authority('stranger');
  readonly server = this.sign('server', 'DNS:localhost,IP:127.0.0.1');
  /** For a name that nobody connects to. */
  readonly elsewhere = this.sign('elsewhere', 'DNS:redis.example');
  readonly expired = this.sign('expired', 'DNS:localhost,IP:127.0.0.1', ['-days', '-1']);
  readonly client = this.sign('client', 'DNS:client');
  readonly passphrase = 'öffne dich';
  readonly encryptedKey = this.encrypt(this.client);

  /** Arguments of a redis-server that speaks TLS on this port as well. */
  arguments(port: number, own: Certified, authClients: 'yes' | 'no' = 'no'): string[] {
    return [
      ...['--tls-port', String(port), '--tls-cert-file', own.certFile, '--tls-key-file', own.keyFile],
      ...['--tls-ca-cert-file', this.ca.certFile, '--tls-auth-clients', authClients],
    ];
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private authority(name: string): Certified {
    const own = this.files(name);
    this.newKey(own.keyFile);
    this.openssl(
      'req',
      '-x509',
      '-new',
      '-key',
      own.keyFile,
      '-subj',
      `/CN=${name}`,
      '-days',
      '2',
      '-out',
      own.certFile,
    );
    return this.read(own);
  }

  private sign(name: string, subjectAltName: string, days = ['-days', '2']): Certified {
    const own = this.files(name);
    const request = join(this.folder, `${name}.csr`);
    const extensions = join(this.folder, `${name}.ext`);
    writeFileSync(extensions, `subjectAltName=${subjectAltName}\n`);
    this.newKey(own.keyFile);
    this.openssl('req', '-new', '-key', own.keyFile, '-subj', `/CN=${name}`, '-out', request);
    const by = ['-CA', this.ca.certFile, '-CAkey', this.ca.keyFile, '-CAcreateserial'];
    this.openssl('x509', '-req', '-in', request, ...by, ...days, '-extfile', extensions, '-out', own.certFile);
    return this.read(own);
  }

  private encrypt({ keyFile }: Certified): string {
    const file = `${keyFile}.encrypted`;
    this.openssl('pkcs8', '-topk8', '-in', keyFile, '-passout', `pass:${this.passphrase}`, '-out', file);
    return readFileSync(file, 'utf8');
  }

  private newKey(file: string): void {
    this.openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', file);
  }

  private files(name: string) {
    return { certFile: join(this.folder, `${name}.crt`), keyFile: join(this.folder, `${name}.key`) };
  }

  private read({ certFile, keyFile }: Pick<Certified, 'certFile' | 'keyFile'>): Certified {
    return { certFile, keyFile, cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
  }

  private openssl(...args: string[]): void {
    execFileSync('openssl', args, { stdio: 'pipe' });
  }
}
