import { account } from '../../aws/service.ts'
import { type Operation, operation } from '../operation.ts'
import { Refusal } from '../refusal.ts'
import { aliasArnOf, type KeySpec, type Keys, usageOf } from './keys.ts'
import { metadata } from './metadata.ts'
import { aliasNeeds, keyNeeds } from './needs.ts'
import * as shapes from './shapes.ts'

/** What makes, names, describes, disables and enables keys. */
export function managementOperations(keys: Keys): Record<string, Operation> {
  const toggle = (action: string, enabled: boolean): Operation =>
    operation(
      shapes.OneKey,
      input => keyNeeds(keys, action, input.KeyId),
      input => {
        keys.enable(keys.get(input.KeyId), enabled)
        return {}
      },
    )

  return {
    CreateKey: operation(
      shapes.CreateKey,
      input => [
        {
          action: 'kms:CreateKey',
          resource: '*',
          context: {
            'kms:CallerAccount': account,
            'kms:KeySpec': input.KeySpec ?? 'SYMMETRIC_DEFAULT',
            'kms:KeyUsage': input.KeyUsage ?? 'ENCRYPT_DECRYPT',
          },
        },
      ],
      input => {
        const spec = specOf(input.KeySpec ?? 'SYMMETRIC_DEFAULT')
        if ((input.KeyUsage ?? 'ENCRYPT_DECRYPT') !== usageOf[spec]) {
          const message = `KeyUsage ${input.KeyUsage ?? 'ENCRYPT_DECRYPT'} is not compatible with KeySpec ${spec}.`
          throw new Refusal('ValidationException', message)
        }
        return { KeyMetadata: metadata(keys.create(spec, { description: input.Description })) }
      },
    ),

    CreateAlias: operation(
      shapes.CreateAlias,
      input => aliasNeeds(keys, input.AliasName, input.TargetKeyId),
      input => {
        if (input.AliasName.startsWith('alias/aws/')) {
          throw new Refusal('NotAuthorizedException', '')
        }
        if (keys.find(input.AliasName)) {
          const message = `An alias with the name ${aliasArnOf(input.AliasName)} already exists`
          throw new Refusal('AlreadyExistsException', message)
        }
        keys.alias(input.AliasName, keys.get(input.TargetKeyId))
        return undefined
      },
    ),

    DescribeKey: operation(
      shapes.OneKey,
      input => keyNeeds(keys, 'DescribeKey', input.KeyId),
      input => ({ KeyMetadata: metadata(keys.get(input.KeyId)) }),
    ),

    DisableKey: toggle('DisableKey', false),
    EnableKey: toggle('EnableKey', true),
  }
}

function specOf(name: string): KeySpec {
  if (Object.hasOwn(usageOf, name)) return name as KeySpec
  throw new Refusal('UnsupportedOperationException', `The local stand-in has no keys of spec ${name}.`)
}
