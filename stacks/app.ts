import { App } from 'aws-cdk-lib'
import { buildApp } from './build.ts'

// `cdk synth` hands the context over in the environment; a plain run reads cdk.json itself.
await buildApp(new App())
