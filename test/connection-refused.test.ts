// A `connection` that can't work is refused before anything is opened, in words that name the option.
import { Redis } from 'ioredis';
import { map, who } from './support/connection-forms';

describe('what can not work is refused', () => {
  it.each<[object, string]>([
    [{ port: 0 }, 'connection.port must be an integer from 1 to 65535, not 0'],
    [{ port: 'redis' }, 'connection.port must be an integer from 1 to 65535, not NaN'],
    [{ host: 7 }, 'connection.host must be a string, not 7'],
    [{ path: 7 }, 'connection.path must be a string, not 7'],
    [{ db: -1 }, 'connection.db must be an integer, 0 or more, not -1'],
    [{ db: 1.5 }, 'connection.db must be an integer, 0 or more, not 1.5'],
    [{ url: 'redis://redis/abc' }, 'connection.db must be an integer, 0 or more, not NaN'],
    [{ family: 5 }, 'connection.family must be 4, 6, or 0 for either, not 5'],
    [{ url: 7 }, 'connection.url must be a string, not 7'],
    [{ url: 'redis://redis:port' }, "connection.url can't be used: Invalid URL"],
    [{ connectTimeout: '5' }, "connection.connectTimeout must be a number of milliseconds, 0 or more, not '5'"],
    [{ commandTimeout: 0 }, 'connection.commandTimeout must be a number of milliseconds, more than 0, not 0'],
    [{ socketTimeout: NaN }, 'connection.socketTimeout must be a number of milliseconds, more than 0, not NaN'],
    [{ keepAlive: true }, 'connection.keepAlive must be a number of milliseconds, 0 or more, not true'],
    [{ connectionName: {} }, 'connection.connectionName must be a string, not an object'],
    [
      { sentinels: [] },
      'connection.sentinels must be an array of { host, port }, one or more, not []; leave it out for a single server',
    ],
    [
      { sentinels: [{ host: 's' }] },
      "connection.name must be the master's name, not undefined, since there are sentinels",
    ],
    [{ sentinels: ['s'], name: 'm' }, 'connection.sentinels[0] must be { host, port }, not undefined'],
    [
      { sentinels: [{ port: -1 }], name: 'm' },
      'connection.sentinels[0].port must be an integer from 1 to 65535, not -1',
    ],
    [{ sentinels: [{}], name: 'm', role: 'x' }, "connection.role must be 'master' or 'slave', not 'x'"],
    [
      { tls: { minVersion: 'TLSv9' } },
      "connection.tls.minVersion must be one of TLSv1, TLSv1.1, TLSv1.2, TLSv1.3, not 'TLSv9'",
    ],
    [{ tls: { ca: 7 } }, 'connection.tls.ca must be PEM text: a string, a Buffer or an array of those, not 7'],
    [{ tls: { rejectUnauthorized: 0 } }, 'connection.tls.rejectUnauthorized must be a boolean, not 0'],
    [{ tls: { ciphers: [] } }, 'connection.tls.ciphers must be a string, not []'],
  ])('%j', (connection, message) => {
    expect(() => map(connection)).toThrow(new TypeError(`${who}: ${message}`));
  });

  it('a url by itself', () => {
    expect(() => map('redis://bob:secret@redis')).toThrow(
      new TypeError(`${who}: connection must be an object or a client, not a string: write { url: 'redis://…@redis' }`),
    );
  });

  it("a keyPrefix, in BullMQ's words", () => {
    const message = 'BullMQ: ioredis does not support ioredis prefixes, use the prefix option instead.';
    expect(() => map({ keyPrefix: 'x' })).toThrow(message);
    expect(() => map(new Redis({ keyPrefix: 'x', lazyConnect: true, maxRetriesPerRequest: null }))).toThrow(message);
  });
});
