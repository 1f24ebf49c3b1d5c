import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A CloudFormation template as CDK writes it. */
export interface Template {
  Parameters?: Record<string, { Default?: unknown }>
  Conditions?: Record<string, unknown>
  Mappings?: Record<string, Record<string, Record<string, unknown>>>
  Resources?: Record<
    string,
    {
      Type: string
      Condition?: string
      Properties?: Record<string, unknown>
      UpdatePolicy?: Record<string, unknown>
      DeletionPolicy?: string
    }
  >
  Outputs?: Record<string, { Value: unknown; Export?: { Name: unknown } }>
}

/** One stack of an assembly. `assets` gives the folder of each object key that a function's code names. */
export interface Stack {
  name: string
  template: Template
  assets: Map<string, string>
}

interface Manifest {
  artifacts?: Record<string, Artifact>
}
interface Artifact {
  type: string
  properties?: { templateFile?: string; file?: string; directoryName?: string; stackName?: string }
}
interface AssetManifest {
  files: Record<string, { source: { path: string }; destinations: Record<string, { objectKey: string }> }>
}

/** Reads the stacks of a synthesized cloud assembly (`cdk.out`), those of its stages too. */
export function readAssembly(directory: string): Stack[] {
  const manifest = readJson<Manifest>(directory, 'manifest.json')
  const artifacts = Object.entries(manifest.artifacts ?? {})
  const assets = readAssets(
    directory,
    artifacts.map(([, artifact]) => artifact),
  )
  return artifacts.flatMap(([id, { type, properties }]) => {
    if (type === 'cdk:cloud-assembly') return readAssembly(join(directory, properties?.directoryName ?? '.'))
    if (type !== 'aws:cloudformation:stack') return []
    const template = readJson<Template>(directory, properties?.templateFile ?? '')
    return [{ name: properties?.stackName ?? id, template, assets }]
  })
}

function readAssets(directory: string, artifacts: Artifact[]): Map<string, string> {
  const folders = new Map<string, string>()
  for (const { type, properties } of artifacts) {
    if (type !== 'cdk:asset-manifest') continue
    for (const { source, destinations } of Object.values(
      readJson<AssetManifest>(directory, properties?.file ?? '').files,
    )) {
      for (const { objectKey } of Object.values(destinations)) folders.set(objectKey, join(directory, source.path))
    }
  }
  return folders
}

const readJson = <Content>(directory: string, file: string) =>
  JSON.parse(readFileSync(join(directory, file), 'utf8')) as Content
