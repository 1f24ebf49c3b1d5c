import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { registerInstrumentations } from '@opentelemetry/instrumentation'
import { AwsLambdaInstrumentation } from '@opentelemetry/instrumentation-aws-lambda'
import { AwsInstrumentation } from '@opentelemetry/instrumentation-aws-sdk'
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node'

// What the layer of ADOT sets up, and no more of it: spans of the handler and of the SDK's calls, sent by OTLP.
new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())] }).register()
registerInstrumentations({ instrumentations: [new AwsLambdaInstrumentation(), new AwsInstrumentation()] })
