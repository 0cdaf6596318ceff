import type { SimulatorAddress } from './simulator-process.ts';

interface Tour {
  readonly url: string;
  readonly adminApiKey: string;
  /** Null when the sandbox talks to somebody else's simulator: then the phones are theirs. */
  readonly simulator: SimulatorAddress | null;
}

/** Prints where everything is, and three lines to paste that pair two devices and send a text from one to the other. */
export function printTour({ url, adminApiKey, simulator }: Tour): void {
  const lines = [
    '',
    `  API            ${url}/api/whatsapp-multi-device   docs ${url}/docs`,
    `  API key        ${adminApiKey}`,
    ...(simulator ? [`  Simulator      ${simulator.controlUrl}   token ${simulator.controlToken}`] : []),
    '',
    ...(simulator ? pairAndSend({ url, adminApiKey, simulator }) : []),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

const ANNA = '6281200000001';
const BUDI = '6281200000002';

function pairAndSend({ url, adminApiKey, simulator }: Tour & { simulator: SimulatorAddress }): string[] {
  const api = `${url}/api/whatsapp-multi-device`;
  const key = `-H 'X-API-Key: ${adminApiKey}'`;
  const token = `-H 'Authorization: Bearer ${simulator.controlToken}'`;
  const json = "-H 'Content-Type: application/json'";
  // A busy machine takes its time; a minute at most.
  const until = (path: string, text: string) =>
    `for i in $(seq 60); do curl -s ${key} ${api}/${path} | grep -q '${text}' && break; sleep 1; done`;
  const pair = (deviceId: string, phone: string) =>
    [
      `curl -s ${key} ${json} -d '{"deviceId":"${deviceId}"}' ${api}/devices`,
      `curl -s -X POST ${key} ${api}/devices/${deviceId}/connect`,
      `curl -s ${token} ${json} -d '{"phoneNumber":"${phone}"}' ${simulator.controlUrl}/phones`,
      until(`devices/${deviceId}/qr`, '"qrCode":"'),
      `curl -s ${key} ${api}/devices/${deviceId}/qr | sed 's/.*"qrCode":"\\([^"]*\\)".*/{"qr":"\\1"}/' | ` +
        `curl -s ${token} ${json} -d @- ${simulator.controlUrl}/phones/${phone}/scan`,
      until(`devices/${deviceId}`, '"status":"connected"'),
    ].join('; ');
  return [
    '  Pair two devices and send a text (paste line by line):',
    '',
    `  ${pair('anna', ANNA)}; echo`,
    '',
    `  ${pair('budi', BUDI)}; echo`,
    '',
    `  curl -s ${key} ${json} -d '{"to":"${BUDI}","message":"Hello Budi"}' ${api}/devices/anna/send-message; echo; sleep 1; ` +
      `curl -s ${key} '${api}/devices/budi/messages?direction=in'; echo`,
    '',
  ];
}
