kubectl get cs
cat service.yaml
kubectl create -f deployment.yaml
kubectl rollout status deployment nginx
kubectl get pod -o wide -l run=nginx
kubectl create -f service.yaml
kubectl describe svc nginx
kubectl create -f client.yaml
kubectl wait --for=condition=Ready pod/client
kubectl get pod
kubectl exec client -- sh -c 'curl nginx || echo no curl here'
VIP=$(kubectl get svc nginx -o jsonpath='{.spec.clusterIP}')
kubectl exec client -- wget -qO- $VIP
kubectl exec client -- wget -qO- nginx
kubectl exec client -- wget -qO- nginx.default
kubectl exec client -- env
kubectl exec client -- sh -c 'wget -qO- $NGINX_SERVICE_HOST'
echo '  type: LoadBalancer' >> service.yaml
kubectl apply -f service.yaml
sleep 4
kubectl get svc -o wide
curl -s http://$(kubectl get svc nginx -o jsonpath='{.status.loadBalancer.ingress[0].ip}')/
kubectl get pod -o wide
kubectl delete pod $(kubectl get pod -l run=nginx -o jsonpath='{.items[0].metadata.name}')
kubectl rollout status deployment nginx
kubectl describe svc nginx
kubectl exec client -- wget -qO- nginx
sleep 3
