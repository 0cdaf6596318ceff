import { describe, expect, it } from 'vitest';
import { keyPairFromPrivate } from '../../src/simulator/wire/curve.ts';
import { createNoiseResponder } from '../../src/simulator/wire/noise.ts';
import { decodeProto, encodeProto } from '../../src/simulator/wire/proto.ts';

/**
 * Public test vectors of the Noise protocol: IK from the cacophony set, the fallback from noise-c's. The server's
 * ephemeral key and its payload (for us, the certificate chain) are part of them.
 */
const hex = (text: string) => Buffer.from(text, 'hex');

const SERVER_STATIC = '4a3acbfdb163dec651dfa3194dece676d437029c62a408b4c5ea9114246e4893';
const SERVER_EPHEMERAL = 'bbdb4cdbd309f1a1f2e1456967fe288cadd6f712d65dc7b7793d5e63da6b375b';
const CLIENT_STATIC = 'e61ef9919cde45dd5f82166404bd08e38bceb5dfdfded0a34c8df7ed542214d1';
const CLIENT_EPHEMERAL_PUBLIC = 'ca35def5ae56cec33dc2036731ab14896bc4c75dbb07a61f879f8e3afa4c7944';
const SERVER_EPHEMERAL_PUBLIC = '95ebc60d2b1fa672c1f46a8aa265ef51bfe38e7ccb39ec5be34069f144808843';
const SERVER_PAYLOAD = Buffer.from('Murray Rothbard');

function responder(prologue: string) {
  return createNoiseResponder({
    serverStatic: keyPairFromPrivate(hex(SERVER_STATIC)),
    certificateChain: SERVER_PAYLOAD,
    header: hex(prologue),
    random: { bytes: () => hex(SERVER_EPHEMERAL), next: () => 0 },
  });
}

describe('IK resume', () => {
  const clientHello = encodeProto('HandshakeMessage', {
    clientHello: {
      ephemeral: hex(CLIENT_EPHEMERAL_PUBLIC),
      static: hex(
        '4e417bc55c7a8166c993356c1be41ef67818a292426f301556c7f26b21d25ddb097153891a9a956cff47b83e63ad8d70',
      ),
      payload: hex('1c1342c209cff1ca5ecd43402762ac249e3bd3a4c0a145fe07cb5dae28ea13a3'),
    },
  });

  it('reads the hello, answers and talks as the vector says', () => {
    const { serverHello, established } = responder('4a6f686e2047616c74').readClientHello(clientHello);
    expect(decodeProto('HandshakeMessage', serverHello)).toEqual({
      serverHello: {
        ephemeral: hex(SERVER_EPHEMERAL_PUBLIC),
        payload: hex('af2ccf9972e22afc67aeafcd25162f7f98c363b7762e3e4cb7d272e39f27a5'),
      },
    });
    expect(established?.clientStatic).toEqual(keyPairFromPrivate(hex(CLIENT_STATIC)).publicKey);
    expect(established?.clientPayload.toString()).toBe('Ludwig von Mises');

    const transport = established?.transport;
    const first = hex('66acfc92e3197de166809e6d4d5d003dcc819a84bc3522ca53c9d9');
    expect(transport?.decrypt(first).toString()).toBe('F. A. Hayek');
    expect(transport?.encrypt(Buffer.from('Carl Menger'))).toEqual(
      hex('71f89aa6533a6de70b0826864dd75f60806ee40170c16290189eb3'),
    );
    const second = hex('4795a3423550c8bf00386bd496a3e2c76c10669d2a75ab8f79b5094c5412a25705');
    expect(transport?.decrypt(second).toString()).toBe('Jean-Baptiste Say');
  });
});

describe('XXfallback', () => {
  const clientHello = encodeProto('HandshakeMessage', {
    clientHello: {
      ephemeral: hex(CLIENT_EPHEMERAL_PUBLIC),
      static: hex(
        'b8d8614bb060f41b87643b3aafb8212040d88e76814403c76a78836002844f61270ba7797d441a896debf6911afadab1',
      ),
      payload: hex('2354107db3c9019bd97d60a87c11e917f7d6d93aa265404c8e8b83065fb8f73c'),
    },
  });
  const clientFinish = encodeProto('HandshakeMessage', {
    clientFinish: {
      static: hex(
        '8c2db1c7f7485b1c5dcc2275c19665b2aed8f0fd9dcb02944ffbbd4ea4f4553fd6a39413af97ad06e1bbb1ba65b8eafc',
      ),
      payload: hex('616c6fbc51d425b1c8f4e114cb017f58286c87ab62e06f6f2f51e5'),
    },
  });

  it('answers an IK hello made for another key as the vector says', () => {
    const noise = responder('50726f6c6f677565313233');
    const { serverHello, established } = noise.readClientHello(clientHello);
    expect(established).toBeNull();
    expect(decodeProto('HandshakeMessage', serverHello)).toEqual({
      serverHello: {
        ephemeral: hex(SERVER_EPHEMERAL_PUBLIC),
        static: hex(
          '824e059afdb8c2f7397b7b398d84a6cde4178068ad7976bd04793a16ce9d308cc9f2e8b305a36473303f9ba24d6a92d0',
        ),
        payload: hex('2c279ebeeab1283fe1543fce646f4b086d148d0475becd37d9cf3f2e32d862'),
      },
    });

    const session = noise.readClientFinish(clientFinish);
    expect(session.clientStatic).toEqual(keyPairFromPrivate(hex(CLIENT_STATIC)).publicKey);
    expect(session.clientPayload.toString()).toBe('F. A. Hayek');
    // The vectors follow an older revision, in which falling back swapped the roles. WhatsApp keeps them, as the
    // present revision does, so here the vector's direction is ours reversed.
    const { transport } = session;
    const first = hex('da246c13a9f1e6d5a18298a9970451ba151b295c7f15619ce5f7e6');
    expect(transport.decrypt(first).toString()).toBe('Carl Menger');
    expect(transport.encrypt(Buffer.from('Jean-Baptiste Say'))).toEqual(
      hex('51e0d9073c90840f503f94564574dccb5eb7055eb0b175f1972b35b6b0a1dc5a78'),
    );
  });
});
