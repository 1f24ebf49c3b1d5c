/** What every answer says, whoever gives it: by TLS for two years and nothing else (RFC 6797), and no guessing of types. */
export const everywhere = {
  'strict-transport-security': 'max-age=63072000; includeSubDomains; preload',
  'x-content-type-options': 'nosniff',
} as const

/**
 * What the portal's pages may do: run and load what is ours, speak to us and to the meetings of Chime, and stand in no frame.
 * A picture may be data: the QR code of an authenticator is.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "manifest-src 'self'",
  "connect-src 'self' https://*.chime.aws wss://*.chime.aws",
  "media-src 'self' blob:",
  "worker-src 'self' blob:",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  'upgrade-insecure-requests',
].join('; ')

/** What the portal's pages say. Camera and microphone are for meetings, credentials for passkeys; all else is nobody's. */
export const page = {
  ...everywhere,
  'content-security-policy': contentSecurityPolicy,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': [
    'camera=(self)',
    'microphone=(self)',
    'display-capture=(self)',
    'publickey-credentials-create=(self)',
    'publickey-credentials-get=(self)',
    'geolocation=()',
    'payment=()',
    'usb=()',
  ].join(', '),
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
} as const
