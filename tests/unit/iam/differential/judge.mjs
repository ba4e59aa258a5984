// Reads a JSON array of cases on stdin, writes the judge's verdicts on stdout in the same order.
//
// It calls the judge's engine, not its front door: `runSimulation` refuses context keys that an
// action doesn't list, and `runUnsafeSimulation` fails on a resource policy and drops session
// policies (0.1.173).
import { loadPolicy } from '@cloud-copilot/iam-policy'
import { fileURLToPath } from 'node:url'

const esm = new URL('.', import.meta.resolve('@cloud-copilot/iam-simulate'))
const part = (path) => import(fileURLToPath(new URL(path, esm)))
const { authorize } = await part('core_engine/CoreSimulatorEngine.js')
const { AwsRequestImpl } = await part('request/request.js')
const { RequestContextImpl } = await part('requestContext.js')
const { anonymousPrincipal } = await part('simulation_engine/simulation.js')
const { DiscoveryContextKeyConstraints } = await part(
  'context_keys/discoveryContextKeyConstraints.js'
)

const chunks = []
for await (const chunk of process.stdin) chunks.push(chunk)
const cases = JSON.parse(Buffer.concat(chunks).toString('utf8'))

const load = (policy, name) => (policy ? loadPolicy(policy, { name }) : undefined)

const verdicts = cases.map((pair) => {
  const boundary = load(pair.boundary, 'boundary')
  const analysis = authorize({
    request: new AwsRequestImpl(
      pair.principal === 'anonymous' ? anonymousPrincipal : pair.principal,
      { resource: pair.resource, accountId: pair.resource_account },
      pair.action,
      new RequestContextImpl(pair.context)
    ),
    sessionPolicy: load(pair.session, 'session'),
    identityPolicies: pair.identity.map((policy, index) => load(policy, `identity${index}`)),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    resourcePolicy: load(pair.resource_policy, 'resource'),
    permissionBoundaries: boundary ? [boundary] : undefined,
    vpcEndpointPolicies: undefined,
    simulationParameters: {
      simulationMode: 'Strict',
      discoveryContextKeyConstraints: new DiscoveryContextKeyConstraints([]),
    },
    serviceSettings: {},
  })
  return analysis.result
})
process.stdout.write(JSON.stringify(verdicts))
