import { describe, expect, test } from 'vitest';
import { absoluteTarget, authorityEndpoint } from './endpoint.ts';

describe('an authority', () => {
  test.each([
    ['example.com:443', { host: 'example.com', port: 443 }],
    ['127.0.0.1:8080', { host: '127.0.0.1', port: 8080 }],
    ['[::1]:443', { host: '::1', port: 443 }],
    ['::1:443', { host: '::1', port: 443 }],
    ['user:secret@example.com:80', { host: 'example.com', port: 80 }],
    ['example.com:0', undefined],
    ['example.com:65536', undefined],
    ['example.com', undefined],
    [':443', undefined],
    ['exa mple.com:443', undefined],
    ['/path', undefined],
  ])('%s', (authority, endpoint) => {
    expect(authorityEndpoint(authority)).toEqual(endpoint);
  });

  test('takes the default port where it names none', () => {
    expect(authorityEndpoint('example.com', 80)).toEqual({ host: 'example.com', port: 80 });
    expect(authorityEndpoint('example.com:', 80)).toEqual({ host: 'example.com', port: 80 });
  });
});

describe('an absolute-form target', () => {
  test.each([
    ['GET', 'http://a.example/b?c#d', { scheme: 'http', authority: 'a.example', path: '/b?c#d' }],
    ['GET', 'HTTP://a.example:81', { scheme: 'http', authority: 'a.example:81', path: '/' }],
    ['GET', 'http://a.example?q=1', { scheme: 'http', authority: 'a.example', path: '/?q=1' }],
    ['GET', 'ws://[::1]:8080/chat', { scheme: 'ws', authority: '[::1]:8080', path: '/chat' }],
    ['OPTIONS', 'http://a.example', { scheme: 'http', authority: 'a.example', path: '*' }],
    ['OPTIONS', 'http://a.example/', { scheme: 'http', authority: 'a.example', path: '/' }],
    ['GET', '/b?to=http://c', undefined],
    ['GET', '*', undefined],
  ])('%s %s', (method, target, split) => {
    expect(absoluteTarget(method, target)).toEqual(split);
  });
});
