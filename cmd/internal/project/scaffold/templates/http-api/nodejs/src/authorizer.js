'use strict'

// Says whether a request may pass: it has to bring the token.
exports.handler = async (event) => {
  const given = (event.headers || {}).authorization
  return {
    isAuthorized: given === `Bearer ${process.env.TOKEN}`,
    context: { name: 'friend' }
  }
}
