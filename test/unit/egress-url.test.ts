import { describe, expect, it } from 'vitest';
import { parseEgressAllowance } from '../../src/config/egress-allow.ts';
import { createAllowList } from '../../src/egress/allow-list.ts';
import { parseOutsideUrl, STANDARD_PORTS, type UrlRules } from '../../src/egress/egress-url.ts';
import { AppError } from '../../src/shared/errors.ts';

function rules(items: string[] = [], plainHttp: UrlRules['plainHttp'] = 'refused'): UrlRules {
  const allow = createAllowList(items.map(parseEgressAllowance).filter((each) => each !== null));
  return { allow, plainHttp, ports: STANDARD_PORTS };
}

function codeOf(url: string, using = rules()): string {
  try {
    parseOutsideUrl(url, using);
    return 'taken';
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

describe('a URL that is taken', () => {
  it('is read once into what the wire needs', () => {
    expect(parseOutsideUrl('HTTPS://Shop.Example/in?a=1&b=%20#part', rules())).toEqual({
      protocol: 'https:',
      host: 'shop.example',
      port: 443,
      path: '/in?a=1&b=%20',
      href: 'https://shop.example/in?a=1&b=%20',
      needsAllowance: false,
    });
  });

  it('keeps its port, turns names into ASCII and takes IPv6 out of its brackets', () => {
    expect(parseOutsideUrl('https://bücher.example:8443', rules()).host).toBe('xn--bcher-kva.example');
    expect(parseOutsideUrl('https://shop.example:8443', rules()).port).toBe(8443);
    expect(parseOutsideUrl('https://[2606:4700::1]/', rules()).host).toBe('2606:4700::1');
  });

  it.each([
    'https://shop.example:80/',
    'https://a_b.shop.example/',
    'https://8.8.8.8/',
    'https://shop.example/@x',
  ])('%s', (url) => {
    expect(codeOf(url)).toBe('taken');
  });
});

describe('http', () => {
  it('is for those who ask for it, and for the allow-list', () => {
    expect(codeOf('http://shop.example/')).toBe('URL_NOT_ALLOWED');
    expect(codeOf('http://shop.example/', rules([], 'allowed'))).toBe('taken');
    expect(codeOf('http://nas.lan/', rules(['nas.lan']))).toBe('taken');
    expect(codeOf('http://192.168.1.5/', rules(['192.168.0.0/16']))).toBe('taken');
  });

  it('to a public name passes where a network is open, and must then resolve into it', () => {
    expect(parseOutsideUrl('http://shop.example/', rules(['192.168.0.0/16'])).needsAllowance).toBe(true);
    expect(parseOutsideUrl('https://shop.example/', rules(['192.168.0.0/16'])).needsAllowance).toBe(false);
  });
});

it('another port is for the allow-list', () => {
  expect(codeOf('https://shop.example:9000/')).toBe('URL_NOT_ALLOWED');
  expect(codeOf('https://shop.example:9000/', rules(['shop.example:9000']))).toBe('taken');
  expect(codeOf('https://shop.example:9001/', rules(['shop.example:9000']))).toBe('URL_NOT_ALLOWED');
});

it('the refusal says nothing about the address', () => {
  try {
    parseOutsideUrl('https://10.1.2.3/', rules());
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ code: 'URL_NOT_ALLOWED', status: 422, details: {} });
    expect(String(error)).not.toContain('10.1.2.3');
  }
});
