import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { assemble } from '../../local/start/assembly.ts'
import { readModel } from '../../local/template/model.ts'
import { buildComparators, comparatorFunction, comparatorPath, comparators } from './comparators.ts'
import { probed } from './probe.ts'

const root = resolve(import.meta.dirname, '..', '..')

/** What a template holds, as far as it is changed here. */
interface Template {
  Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>
}

/**
 * A copy of the synthesized assembly, so that nobody's build changes it under a measurement, with one stack more: the
 * comparators, each a function with a route of its own. They run in the same gateway and the same pool as what they measure.
 */
export async function benchAssembly(folder: string): Promise<string> {
  const { directory } = await assemble(root)
  const names = readdirSync(directory)
  const manifests = names.filter(name => name.endsWith('.assets.json'))
  const used = manifests.map(name => readFileSync(join(directory, name), 'utf8')).join('')
  for (const name of names) {
    if (name.startsWith('asset.') && !used.includes(name)) continue
    cpSync(join(directory, name), join(folder, name), { recursive: true })
  }
  const tableName = readModel(folder).functions.find(({ environment }) => environment.TABLE_NAME)?.environment
    .TABLE_NAME
  await buildComparators(folder)
  write(folder, 'Bench.template.json', comparatorStack(tableName))
  write(folder, 'Bench.assets.json', {
    files: Object.fromEntries(
      comparators.map(name => [name, { source: { path: name }, destinations: { here: { objectKey: name } } }]),
    ),
  })
  change<{ artifacts: object }>(folder, 'manifest.json', manifest => {
    Object.assign(manifest.artifacts, {
      BenchAssets: { type: 'cdk:asset-manifest', properties: { file: 'Bench.assets.json' } },
      Bench: { type: 'aws:cloudformation:stack', properties: { templateFile: 'Bench.template.json' } },
    })
  })
  return folder
}

/**
 * Makes a copy one that measures: every handler notes its CPU time in `notes`, and nothing runs by itself, neither schedules
 * nor consumers, so that each worker runs when it is called and at no other time.
 */
export function instrument(from: string, to: string, notes: string): string {
  mkdirSync(to, { recursive: true })
  cpSync(from, to, { recursive: true })
  for (const { code } of readModel(to).functions) {
    renameSync(join(code, 'index.js'), join(code, 'function.js'))
    writeFileSync(join(code, 'index.js'), probed(notes))
  }
  for (const name of readdirSync(to).filter(name => name.endsWith('.template.json'))) {
    change<Template>(to, name, ({ Resources }) => {
      for (const { Type, Properties } of Object.values(Resources)) {
        if (Type === 'AWS::Lambda::EventSourceMapping') Properties.Enabled = false
        if (Type === 'AWS::Events::Rule' || Type === 'AWS::Scheduler::Schedule') Properties.State = 'DISABLED'
      }
    })
  }
  return to
}

function comparatorStack(tableName: string | undefined): Template {
  const policy = { Statement: [{ Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: '*' }] }
  const Resources: Template['Resources'] = {
    Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'bench', ProtocolType: 'HTTP' } },
    Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'bench', Policies: [{ PolicyDocument: policy }] } },
  }
  for (const name of comparators) {
    const arn = { 'Fn::GetAtt': [`${name}Function`, 'Arn'] }
    Resources[`${name}Function`] = {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: comparatorFunction(name),
        Code: { S3Key: name },
        Handler: 'index.handler',
        Runtime: 'nodejs24.x',
        MemorySize: 512,
        Timeout: 5,
        Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
        Environment: { Variables: { TABLE_NAME: tableName } },
      },
    }
    Resources[`${name}Integration`] = { Type: 'AWS::ApiGatewayV2::Integration', Properties: { IntegrationUri: arn } }
    Resources[`${name}Route`] = {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: {
        ApiId: { Ref: 'Api' },
        RouteKey: `GET ${comparatorPath(name)}`,
        Target: { 'Fn::Join': ['', ['integrations/', { Ref: `${name}Integration` }]] },
      },
    }
  }
  return { Resources }
}

function change<Content>(folder: string, name: string, edit: (content: Content) => void) {
  const content = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Content
  edit(content)
  write(folder, name, content)
}

const write = (folder: string, name: string, content: unknown) =>
  writeFileSync(join(folder, name), JSON.stringify(content))
