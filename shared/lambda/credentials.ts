/**
 * Takes the place of the SDK's chain of credential providers in every bundle. A function finds its credentials in its
 * environment and nowhere else; the chain's other links (SSO, STS, metadata services) would be 90 KB that never run.
 */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env'
