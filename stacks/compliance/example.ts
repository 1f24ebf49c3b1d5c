/** Production as some operator would name it: the gates, the costs and the quotas are told of this one. */
export const example = {
  stage: 'production',
  origin: 'https://portal.practice.example.org',
  mailFrom: 'no-reply@practice.example.org',
  smsFrom: 'pool-0123456789abcdef',
  alertEmail: 'oncall@practice.example.org',
  monthlyBudget: '500',
  repository: 'practice/haven',
  copyRegion: 'us-west-2',
  zoneId: 'Z0123456789ABC',
  zoneName: 'practice.example.org',
  originCertificate: 'arn:aws:acm:us-east-1:123456789012:certificate/0f1e2d3c-0000-4000-8000-000000000000',
  originTruststore: 's3://practice-trust/edge/ca.pem',
} as const
