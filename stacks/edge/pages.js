// Runs at CloudFront for each page of the portal (cloudfront-js-2.0). A path without a file's ending is a place in the portal,
// and the portal's one document knows it; a path with one is that file, or is not there.
// biome-ignore lint/correctness/noUnusedVariables: CloudFront calls it.
function handler(event) {
  var request = event.request
  var last = request.uri.slice(request.uri.lastIndexOf('/') + 1)
  if (!last.includes('.')) request.uri = '/index.html'
  return request
}
