import { account, type Need } from '../../aws/service.ts'
import { aliasArnOf, arnOf, type Keys, usageOf } from './keys.ts'

/**
 * The permission for an action on a key, with the condition keys that KMS supplies. The resource is always the key's
 * own ARN, also for a call by alias; a call by an alias that leads nowhere needs nothing, because it can only fail.
 */
export function keyNeeds(
  keys: Keys,
  action: string,
  keyId: string,
  context: Record<string, string | string[] | undefined> = {},
): Need[] {
  const key = keys.find(keyId)
  const alias = /alias\/.+$/.exec(keyId)?.[0]
  if (!key && alias) return []
  const aliases = key ? keys.aliasesOf(key) : []
  return [
    {
      action: `kms:${action}`,
      resource: key ? arnOf(key.id) : keyId.startsWith('arn:') ? keyId : arnOf(keyId),
      context: defined({
        ...context,
        'kms:CallerAccount': account,
        'kms:KeySpec': key?.spec,
        'kms:KeyUsage': key && usageOf[key.spec],
        'kms:RequestAlias': alias,
        'kms:ResourceAliases': aliases.length > 0 ? aliases : undefined,
      }),
    },
  ]
}

/** The condition keys of an encryption context: one for each pair, and the list of their names. */
export function contextKeys(context: Record<string, string> = {}): Record<string, string | string[] | undefined> {
  const names = Object.keys(context)
  const pairs = Object.entries(context).map(([name, value]) => [`kms:EncryptionContext:${name}`, value])
  return { ...Object.fromEntries(pairs), 'kms:EncryptionContextKeys': names.length > 0 ? names : undefined }
}

/** The permissions to name a key: one on the alias and one on the key. */
export const aliasNeeds = (keys: Keys, alias: string, keyId: string): Need[] => [
  { action: 'kms:CreateAlias', resource: aliasArnOf(alias), context: { 'kms:CallerAccount': account } },
  ...keyNeeds(keys, 'CreateAlias', keyId),
]

const defined = (context: Record<string, string | string[] | undefined>): Need['context'] =>
  Object.fromEntries(Object.entries(context).filter(([, value]) => value !== undefined)) as Need['context']
