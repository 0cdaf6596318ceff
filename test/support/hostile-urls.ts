/** A URL a stranger might give us; every one leads to an address, a port or a scheme that is not theirs to reach. */
export interface HostileUrl {
  readonly url: string;
  readonly code: 'URL_INVALID' | 'URL_NOT_ALLOWED';
}

/** What the names in the table answer; a test hands this to its resolver. */
export const HOSTILE_NAMES: Readonly<Record<string, readonly string[]>> = {
  'loopback.attacker.example': ['127.0.0.1'],
  'loopback6.attacker.example': ['::1'],
  'anywhere.attacker.example': ['0.0.0.0'],
  'lan.attacker.example': ['192.168.1.1'],
  'shared.attacker.example': ['100.64.0.1'],
  'cloud.attacker.example': ['169.254.169.254'],
  'alibaba.attacker.example': ['100.100.100.200'],
  'azure.attacker.example': ['168.63.129.16'],
  'mapped.attacker.example': ['::ffff:127.0.0.1'],
  'nat64.attacker.example': ['64:ff9b::7f00:1'],
  'zone.attacker.example': ['fe80::1%lo'],
  'mixed.attacker.example': ['93.184.215.14', '127.0.0.1'],
  'mixed6.attacker.example': ['93.184.215.14', 'fd00::1'],
  'shorthand.attacker.example': ['127.1'],
  '127.0.0.1.nip.example': ['127.0.0.1'],
};

const invalid = (url: string): HostileUrl => ({ url, code: 'URL_INVALID' });
const refused = (url: string): HostileUrl => ({ url, code: 'URL_NOT_ALLOWED' });

/**
 * The table for one port, on which a listener of the test counts connections. http is written where a door that takes https
 * only would hide what the address itself does.
 */
export function hostileUrls(port: number): readonly HostileUrl[] {
  return [
    ...LOOPBACK.map((host) => refused(`http://${host}:${port}/`)),
    ...METADATA.map((host) => refused(`http://${host}:${port}/latest/meta-data/`)),
    ...NETWORKS.map((host) => refused(`http://${host}:${port}/`)),
    ...CARRIED.map((host) => refused(`http://[${host}]:${port}/`)),
    ...Object.keys(HOSTILE_NAMES).map((host) => refused(`http://${host}:${port}/`)),
    ...[22, 25, 3306, 6379, 8080, 65_535].map((other) => refused(`https://shop.example:${other}/`)),
    ...INVALID.map((text) => invalid(text.replaceAll('PORT', String(port)))),
    invalid(`https://shop.example/${'a'.repeat(2_048)}`),
  ];
}

const LOOPBACK = [
  'localhost',
  'LOCALHOST',
  'anything.localhost',
  'localhost.localdomain',
  '127.0.0.1',
  '127.0.0.1.',
  '127.1',
  '127.0.1',
  '127.255.255.254',
  '2130706433',
  '0x7f000001',
  '0x7f.1',
  '017700000001',
  '0177.0.0.01',
  '00000177.0.0.1',
  '%31%32%37.0.0.1',
  '127。0。0。1',
  '①②⑦.⓪.⓪.①',
  'ⓛⓞⓒⓐⓛⓗⓞⓢⓣ',
  'loc\u00adalhost',
  '0',
  '0.0.0.0',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[::]',
];

const METADATA = [
  '169.254.169.254',
  '2852039166',
  '0xa9fea9fe',
  '0251.0376.0251.0376',
  '169.254.43518',
  '169.254.170.2',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  '[fd00:ec2::254]',
  '[fd20:ce::254]',
  'metadata.google.internal',
  'metadata',
];

const NETWORKS = [
  '10.0.0.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.0.1',
  '100.64.0.1',
  '192.0.2.1',
  '198.51.100.1',
  '203.0.113.1',
  '198.18.0.1',
  '192.88.99.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '[fe80::1]',
  '[fd00::1]',
  '[fec0::1]',
  '[ff02::1]',
  '[2001:db8::1]',
  '[3fff::1]',
  '[100::1]',
  '[2001:2::1]',
  '[5f00::1]',
  '[4000::1]',
  'router.lan',
  'nas.local',
  'intranet',
];

/** An IPv4 address inside an IPv6 one; public ones too, since no honest name answers in these forms. */
const CARRIED = [
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '::ffff:169.254.169.254',
  '::ffff:93.184.215.14',
  '::127.0.0.1',
  '::ffff:0:127.0.0.1',
  '64:ff9b::127.0.0.1',
  '64:ff9b::a9fe:a9fe',
  '64:ff9b:1::10.0.0.1',
  '2002:7f00:1::1',
  '2002:a9fe:a9fe::1',
  '2001:0:5ef5:79fd:0:0:80ff:fffe',
  '2600:1f00::5efe:127.0.0.1',
  '2600:1f00::200:5efe:10.0.0.1',
];

const INVALID = [
  'http://127.0.0.1:PORT@shop.example/',
  'http://shop.example@127.0.0.1:PORT/',
  'http://shop.example:80@127.0.0.1:PORT/',
  'http://user:secret@shop.example/',
  'http://@127.0.0.1:PORT/',
  'http://127.0.0.1:PORT\\@shop.example/',
  'http:\\\\127.0.0.1:PORT\\',
  'http://shop.example\t.127.0.0.1:PORT/',
  'http://127.0.0.1:PORT/\r\nX-Injected: yes',
  ' http://127.0.0.1:PORT/',
  'http://[fe80::1%25lo]:PORT/',
  'http://[::1%lo]:PORT/',
  'http://[127.0.0.1]:PORT/',
  'http://127.0.0.256:PORT/',
  'http://0x100000000:PORT/',
  'http://shop.example.:PORT/',
  'http://shop..example:PORT/',
  'http://-shop.example:PORT/',
  "http://sh'op.example:PORT/",
  'http://shop.example:99999/',
  'http:///',
  'file:///etc/passwd',
  'file://127.0.0.1/etc/passwd',
  '/etc/passwd',
  '../secrets',
  'data:text/plain,hello',
  'ftp://127.0.0.1:PORT/',
  'gopher://127.0.0.1:PORT/_',
  'ws://127.0.0.1:PORT/',
  'javascript:alert(1)',
  'jar:http://127.0.0.1:PORT/!/',
  'unix:/var/run/docker.sock',
  '//127.0.0.1:PORT/',
  '127.0.0.1:PORT',
  'localhost:PORT',
  '',
];
